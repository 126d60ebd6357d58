import { describe, expect, test } from 'vitest';
import { nameProblem } from '../../../shared/file-path.ts';

describe('nameProblem() takes', () => {
  test.each([
    ['a plain name', 'movie.mkv'],
    ['a hidden name', '.hidden'],
    ['three dots', '...'],
    ['dots inside a name', 'a..b'],
    ['dots at the end', 'a..'],
    ['white space', ' a b '],
    ['a colon alone', ':'],
    ['a colon at the start', ':a'],
    ['a colon behind two letters', 'ab:c'],
    ['a colon behind a digit', '1:2'],
    ['a colon behind a letter beyond ASCII', 'é:a'],
    ['text beyond the basic plane', '𝕏'],
    ['255 bytes', 'a'.repeat(255)],
    ['255 bytes of UTF-8', `${'é'.repeat(127)}a`],
  ])('%s', (_name, name) => {
    expect(nameProblem(name)).toBeUndefined();
  });
});

describe('nameProblem() refuses', () => {
  test.each([
    ['the empty name', '', 'a name is empty'],
    ['this folder', '.', 'a name is a relative path'],
    ['the folder above', '..', 'a name is a relative path'],
    ['an absolute path', '/etc/passwd', 'a name contains a slash'],
    ['a path', 'a/b', 'a name contains a slash'],
    ['a slash at the end', 'a/', 'a name contains a slash'],
    ['a NUL', 'a\0.txt', 'a name contains a NUL'],
    ['a NUL alone', '\0', 'a name contains a NUL'],
    ['the folder above on Windows', '..\\x', 'a name contains a backslash'],
    ['the folder above on Windows, further in', 'a\\..\\..\\x', 'a name contains a backslash'],
    ['the folder above on Windows, at the end', 'a\\..', 'a name contains a backslash'],
    ['this folder on Windows', '.\\x', 'a name contains a backslash'],
    ['the root of a Windows drive', '\\x', 'a name contains a backslash'],
    ['a Windows share', '\\\\host\\share', 'a name contains a backslash'],
    ['a backslash inside a name', 'a\\b', 'a name contains a backslash'],
    ['a backslash at the end', 'a\\', 'a name contains a backslash'],
    ['a lone backslash', '\\', 'a name contains a backslash'],
    ['a Windows drive', 'C:', 'a name starts like a Windows drive'],
    ['a path on a Windows drive', 'C:x', 'a name starts like a Windows drive'],
    ['a Windows drive in lower case', 'z:x', 'a name starts like a Windows drive'],
    ['the root of drive C', 'C:\\x', 'a name contains a backslash'],
    ['256 bytes', 'a'.repeat(256), 'a name is longer than 255 bytes'],
    ['256 bytes in 128 characters', 'é'.repeat(128), 'a name is longer than 255 bytes'],
  ])('%s', (_name, name, problem) => {
    expect(nameProblem(name)).toBe(problem);
  });
});
