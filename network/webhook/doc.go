// Package webhook takes posts that any system sends by itself: signed HTTP
// requests with post documents (one, an array, or one a line) or CloudEvents
// 1.0 (structured, batched and binary).
//
// It guarantees:
//   - a delivery is judged by its raw bytes before anything in it is parsed;
//     without a secret nothing is taken;
//   - a record that cannot be read is a Reject with its bytes and the reason,
//     and those around it are read;
//   - a sender writes only under the networks that the source's settings name.
//
// It does not acknowledge, store or fold anything: package ingest does, before
// it lets this package read.
//
// Sources: standardwebhooks.com, CloudEvents 1.0 with its JSON format and HTTP
// binding.
package webhook
