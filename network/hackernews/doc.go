// Package hackernews listens to Hacker News: stories, jobs, polls and comments,
// by the public API on Firebase.
//
// The stream walks upward from item to item, so that every one is read, and
// asks for the list of changed items, which are edits and deletions. It
// guarantees:
//   - every item after the cursor arrives at least once; one that the API does
//     not have yet is asked for again and becomes a Gap if it never comes, and
//     so does what is too far behind to be read again;
//   - an item that cannot be read is a Reject and costs no other item;
//   - at most eight requests at a time, and two hundred items in memory.
//
// Items that are deleted or dead when first seen are no posts. One that is deleted
// later is a deletion; one that dies is hidden until it is vouched for. An item whose counts alone have changed is a new version
// of it when one of them has doubled.
// What is changed while nobody listens is not told later. The first post of a
// comment's thread is looked up by Complete, for comments somebody wants.
//
// The past is searched at Algolia, which holds all items. What it finds may have
// been edited or deleted since; nobody says so.
//
// Protocol: github.com/HackerNews/API, hn.algolia.com/api.
package hackernews
