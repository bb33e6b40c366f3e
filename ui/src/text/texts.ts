// The catalogue of the page's language. Views read it while they render, never into a module
// constant, so that another language can take its place.

import { en, type Catalogue } from './en';

export const texts: Catalogue = en;
