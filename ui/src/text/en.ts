// The English catalogue: every sentence for people, by code.

export { announcementText } from './en/announcements';
export { problemText } from './en/problems';
