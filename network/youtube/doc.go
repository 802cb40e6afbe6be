// Package youtube reads the comments below videos: those of whole channels, or
// of single videos, by the YouTube Data API (version 3) with an API key.
//
// It reads by network.Poll, and guarantees what that guarantees: new comments
// and replies, edits (updatedAt) and deletions (a comment that is not listed any
// more and is not found by its id either) of the newest 1,000 of each channel or
// video. Comments are listed by the time of the comment that begins a thread, so
// new replies are seen in the newest hundred threads at each look, and in all
// threads of the window every hour. The first look gives the newest hundred.
//
// Every call costs a unit of a daily quota (10,000 for most keys), which is
// renewed at midnight, Pacific time. Units are counted here; looks are spread
// over what is left of the day, and when nothing is left the source waits
// without asking. A first page that has not changed (ETag) is not sent again,
// but costs the same.
//
// It does not read live chats, and no comments held for review. What is stored
// is looked at again only as long as it is in the window; the duty to refresh or
// delete what is older than 30 days is not met here.
//
// Protocol: developers.google.com/youtube/v3/docs, commentThreads and comments.
package youtube
