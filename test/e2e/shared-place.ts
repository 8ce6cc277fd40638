import {afterAll} from 'vitest';
import type {BaseName} from '../bases/recipes.js';
import {openPlace, type Place} from './place.js';

/** One place for all tests of a `describe`, opened by the first that asks, so that what a test needs can be told before. */
export function sharedPlace(user: string, bases: readonly BaseName[]): () => Promise<Place> {
  let opened: Promise<Place> | undefined;
  afterAll(async () => {
    const place = await opened;
    await place?.[Symbol.asyncDispose]();
  });
  return () => {
    opened ??= openPlace(user, bases);
    return opened;
  };
}
