/** Names that strangers may give: each must be shown, in its place, and do nothing. */
export const HOSTILE_NAMES = [
  '<img src=x onerror=document.title="owned">.iso',
  '"><svg onload=document.title="owned"><script src=x>.txt',
  '{{7*7}} ${7*7} &lt;b&gt; %3Cb%3E %2e%2e',
  'photo\u202egpj.exe',
  'صور العطلة الصيفية في الجبال',
  'תיקייה עם שם ארוך בעברית.zip',
  '👩‍👩‍👧‍👦🏳️‍🌈 party 🎉.mkv',
  'Z\u0351\u036b\u0343\u036aa\u0321\u034al\u0361g\u0322o\u0334.txt',
  // 255 bytes, which is what a file system takes, without a place to break a line.
  'x'.repeat(251) + '.bin',
  '漢'.repeat(85),
];
