/** `build --call`: asks, and puts the answer in the form that was wanted. */
import type {BuildRequest} from '../../app/build/build-request.js';
import {checkBuild, listBuildTargets, outlineBuild} from '../../app/build/call-build.js';
import type {OpenObserver} from '../../app/build/open-build.js';
import type {TsbuildError} from '../../base/error.js';
import type {CallOption} from './call-option.js';
import {checkJSON, checkText, failsCheck} from './check-report.js';
import {outlineJSON, outlineText} from './outline-report.js';
import {targetsJSON, targetsText} from './targets-report.js';

export interface Answer {
  readonly text: string;
  readonly json: object;
  readonly exitCode: number;
  /** What stopped a check, for stderr. */
  readonly failure?: TsbuildError;
}

export async function answerCall(
  {method, ignoreStatus}: CallOption,
  request: BuildRequest,
  observer: OpenObserver,
): Promise<Answer> {
  switch (method) {
    case 'check': {
      const check = await checkBuild(request, observer);
      const {failure} = check.told;
      return {
        text: checkText(check),
        json: checkJSON(check),
        exitCode: failsCheck(check) && !ignoreStatus ? 1 : 0,
        ...(failure === undefined ? {} : {failure}),
      };
    }
    case 'outline': {
      const outline = await outlineBuild(request, observer);
      return answer(outlineText(outline), outlineJSON(outline));
    }
    default: {
      const targets = await listBuildTargets(request, observer);
      return answer(targetsText(targets), targetsJSON(targets));
    }
  }
}

const answer = (text: string, json: object): Answer => ({text, json, exitCode: 0});
