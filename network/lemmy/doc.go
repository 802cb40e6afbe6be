// Package lemmy listens to a Lemmy server: posts and comments of all it knows,
// of its own communities, or of chosen ones.
//
// It speaks version 4 of the API where the server has it (Lemmy 1.0), else
// version 3 (0.18 and 0.19; PieFed and others speak it too). The listings are
// read by network.Poll, which says what is guaranteed. A post is known by its
// ActivityPub id, the same on all servers, so what two servers show is one post.
//
// What its author deleted is a deletion; what a moderator removed is hidden, until
// it is restored. The parent of a
// comment is known to the listing only by the server's own number; where it was
// not seen, Complete asks for it, for comments somebody wants. Text is the
// Markdown that people wrote. Private messages and reports are not read.
//
// Source: the routes and views of github.com/LemmyNet/lemmy.
package lemmy
