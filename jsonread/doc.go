// Package jsonread reads one JSON value out of a string, field by field, at
// the speed of a firehose. The caller walks the value and takes what it wants;
// the rest is passed over, but still checked.
//
//	var r jsonread.Reader
//	r.Reset(line)
//	r.Object()
//	for r.Next() {
//		switch r.Key() {
//		case "text":
//			post.Text = r.Text()
//		case "langs":
//			r.Array()
//			for r.Next() {
//				post.Langs = append(post.Langs, r.Text())
//			}
//		}
//	}
//	if err := r.End(); err != nil { … }
//
// A value that was not read is passed over by the following Next or End. The
// first error sticks: after it every method does nothing and gives zero
// values, so one look at End is enough.
//
// It guarantees:
//   - the grammar of RFC 8259, no more and no less, also in what is passed over;
//   - names are compared exactly, and a name that appears twice in an object
//     the caller reads is refused, so that no two readers of one document can
//     understand it differently;
//   - numbers keep every digit, or are refused when they do not fit;
//   - at most MaxDepth levels and, in an object that is read, MaxKeys names;
//   - strings are well-formed UTF-8: ill-formed bytes and lone surrogates
//     become U+FFFD. A string that needs no change is a substring of the input
//     and costs no memory.
//
// It is written here and not taken from a library because no library for Go
// has these four together: no allocation, strictness, duplicates refused, and
// strings that share the memory of the input without unsafe code. It does not
// write JSON, knows no structs and uses no reflection.
package jsonread

// Limits of what is read.
const (
	MaxDepth = 64     // objects and arrays inside each other
	MaxKeys  = 10_000 // names of one object that is read
	MaxInput = 1 << 30
)
