/**
 * What a registry says when it refuses: `{"errors": [{"code", "message", "detail"}]}`.
 *
 * Source  OCI distribution-spec v1.1.1 § Error Codes.
 */
type DistributionCode =
  | 'BLOB_UNKNOWN'
  | 'BLOB_UPLOAD_INVALID'
  | 'BLOB_UPLOAD_UNKNOWN'
  | 'DIGEST_INVALID'
  | 'MANIFEST_BLOB_UNKNOWN'
  | 'MANIFEST_INVALID'
  | 'MANIFEST_UNKNOWN'
  | 'NAME_INVALID'
  | 'NAME_UNKNOWN'
  | 'SIZE_INVALID'
  | 'UNAUTHORIZED'
  | 'DENIED'
  | 'UNSUPPORTED'
  | 'TOOMANYREQUESTS';

export interface DistributionProblem {
  readonly code: DistributionCode | 'UNKNOWN';
  readonly message: string;
  readonly detail?: unknown;
}
