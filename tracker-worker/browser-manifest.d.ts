// Written by the build (vite.config.ts): the URL of each entry module.
declare module '*/browser-manifest.json' {
  const urls: Readonly<Record<string, string>>;
  export default urls;
}
