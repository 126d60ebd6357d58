import { sep } from 'node:path';
import { EdgeRefusal } from '../edge/edge-client.ts';
import { PublishError } from '../publish/publish-error.ts';
import { NameTaken } from './place-content.ts';
import { UploadDamaged } from './upload-folder.ts';

/** What a publisher is told of a failure: why, where it is about the content, and nothing of this machine. */
export function describeJobFailure(error: unknown, contentDir: string): string {
  const isTold =
    error instanceof PublishError ||
    error instanceof EdgeRefusal ||
    error instanceof NameTaken ||
    error instanceof UploadDamaged;
  if (!isTold) return 'the seed box failed, and its log says why';
  return error.message.replaceAll(contentDir + sep, '');
}
