// Package form is the compact binary form in which posts are kept: in the
// bodies of the archive and in the blocks of the replay window. It is a third of
// the JSON document's length and is read ten times faster.
//
// What AppendPost wrote is read back equal, by every later version of this
// package too. Bytes that it did not write give an error or another post, never
// a panic or more memory than their own length explains. It has no checksum:
// keep one where the bytes are kept.
package form
