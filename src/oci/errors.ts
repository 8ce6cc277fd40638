import {TsbuildError} from '../base/error.js';

/** A JSON document (manifest, index, config, record) that is not what its media type says. */
export class InvalidDocumentError extends TsbuildError {
  readonly code = 'E_INVALID_DOCUMENT';
  /** Where in the document: `manifest.layers[2].size`. */
  readonly place: string;

  constructor(place: string, problem: string, cause?: unknown) {
    super(`invalid ${place}: ${problem}`, {cause});
    this.place = place;
  }
}

/** A text that names no image. */
export class InvalidReferenceError extends TsbuildError {
  readonly code = 'E_INVALID_REFERENCE';
  readonly got: string;

  constructor(got: string, problem: string) {
    super(`invalid reference format: ${problem}, got ${JSON.stringify(shortened(got))}`, {
      hint: 'Write [host[:port]/]name[:tag][@sha256:…], the name in lower case.',
    });
    this.got = got;
  }
}

/** A text that names no platform. */
export class InvalidPlatformError extends TsbuildError {
  readonly code = 'E_INVALID_PLATFORM';

  constructor(got: string) {
    super(
      `invalid platform: want os/architecture[/variant], got ${JSON.stringify(shortened(got))}`,
      {
        hint: got.includes(',')
          ? 'Name one: an image for several platforms is not made by one build.'
          : 'Write a platform such as linux/amd64 or linux/arm/v7.',
      },
    );
  }
}

/** An index holds nothing for the platform wanted. */
export class NoMatchingPlatformError extends TsbuildError {
  readonly code = 'E_NO_MATCHING_PLATFORM';
  readonly want: string;
  readonly available: readonly string[];

  constructor(want: string, available: readonly string[]) {
    const have = available.length === 0 ? 'none' : available.slice(0, 32).join(', ');
    super(`no manifest for platform: want ${want}, have ${have}`, {
      hint: 'Choose one of the platforms listed with --platform.',
    });
    this.want = want;
    this.available = available;
  }
}

const shortened = (text: string): string => (text.length > 300 ? `${text.slice(0, 300)}…` : text);
