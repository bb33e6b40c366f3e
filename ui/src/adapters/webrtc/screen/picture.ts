// What is done with the shared picture itself; loaded with the first share.

export { watchContent } from './content-watch';
export { cropOf } from './crop';
export { stillOf } from './still';
