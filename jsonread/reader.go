package jsonread

import (
	"fmt"
	"strconv"
)

// Error says where and why a value cannot be read.
type Error struct {
	Offset  int    // byte of the input
	Problem string // in words
}

func (e *Error) Error() string {
	return fmt.Sprintf("not readable as JSON at byte %d: %s", e.Offset, e.Problem)
}

// Kind is the kind of a JSON value.
type Kind uint8

const (
	None Kind = iota // no value is at hand, or it is not JSON
	Null
	Bool
	Number
	String
	Array
	Object
)

func (k Kind) String() string {
	return [...]string{"nothing", "null", "true or false", "a number", "a string", "an array", "an object"}[k]
}

// Reader walks through one JSON value after another, each begun by Reset. One
// goroutine at a time.
type Reader struct {
	s     string
	i     int
	err   *Error
	arena Arena
	key   string

	ready bool // a value begins at i (or after white space) and was not read yet
	depth int
	open  [MaxDepth]level
	names nameSet
}

// level is an object or array that is being read.
type level struct {
	object bool
	begun  bool   // something was read inside
	filter uint64 // one bit for each name seen, by a small hash
	base   int32  // where the level's names begin in names.spans
	count  int32  // names seen
}

// Reset begins with a new input. The strings read before stay as they are.
func (r *Reader) Reset(s string) {
	r.s, r.i, r.err, r.key = s, 0, nil, ""
	r.ready, r.depth = true, 0
	r.names.reset()
	if len(s) > MaxInput {
		r.fail(0, "it is longer than 1 GiB")
	}
}

// Err is the first error met, or nil.
func (r *Reader) Err() error {
	if r.err == nil {
		return nil
	}
	return r.err
}

// Offset is the byte of the input the reader stands at.
func (r *Reader) Offset() int { return r.i }

// End passes over what is left of the value, checks that nothing but white
// space follows, and returns the first error met.
func (r *Reader) End() error {
	for r.err == nil && (r.ready || r.depth > 0) {
		if r.ready {
			r.Skip()
		} else {
			r.Next()
		}
	}
	if r.err == nil {
		if r.space(); r.i < len(r.s) {
			r.fail(r.i, "something follows the end of the value")
		}
	}
	return r.Err()
}

// Kind looks at the value at hand without reading it.
func (r *Reader) Kind() Kind {
	if !r.ready || r.err != nil {
		return None
	}
	r.space()
	if r.i == len(r.s) {
		return None
	}
	switch c := r.s[r.i]; {
	case c == '"':
		return String
	case c == '{':
		return Object
	case c == '[':
		return Array
	case c == '-' || '0' <= c && c <= '9':
		return Number
	case c == 't' || c == 'f':
		return Bool
	case c == 'n':
		return Null
	}
	return None
}

// Object enters the object at hand; anything else is an error. Next then goes
// from name to name and leaves it at its end.
func (r *Reader) Object() bool { return r.enter('{', "an object was expected") }

// Array enters the array at hand, likewise.
func (r *Reader) Array() bool { return r.enter('[', "an array was expected") }

// TryObject enters the value at hand if it is an object; any other value stays
// where it is, to be read otherwise or passed over.
func (r *Reader) TryObject() bool { return r.Kind() == Object && r.Object() }

// TryArray enters the value at hand if it is an array, likewise.
func (r *Reader) TryArray() bool { return r.Kind() == Array && r.Array() }

func (r *Reader) enter(bracket byte, problem string) bool {
	if !r.begin() {
		return false
	}
	if r.i == len(r.s) || r.s[r.i] != bracket {
		return r.fail(r.i, problem)
	}
	if r.depth == MaxDepth {
		return r.fail(r.i, tooDeep)
	}
	r.i++
	r.open[r.depth] = level{object: bracket == '{', base: r.names.len()}
	r.depth++
	return true
}

const tooDeep = "more than 64 objects and arrays stand inside each other"

// Next goes to the next member or element of the object or array entered last.
// At the end it leaves it and returns false.
func (r *Reader) Next() bool {
	if r.ready {
		r.Skip()
	}
	if r.err != nil || r.depth == 0 {
		return false
	}
	l := &r.open[r.depth-1]
	r.space()
	if r.i == len(r.s) {
		return r.cut()
	}
	c := r.s[r.i]
	if c == '}' && l.object || c == ']' && !l.object {
		r.i++
		r.depth--
		r.names.leave(r.depth, l)
		return false
	}
	if l.begun {
		if c != ',' {
			return r.fail(r.i, "a comma or the end of the object or array was expected")
		}
		r.i++
	}
	l.begun = true
	if l.object && !r.readKey(l) {
		return false
	}
	r.ready = true
	return true
}

// Key is the name of the member at hand.
func (r *Reader) Key() string { return r.key }

func (r *Reader) readKey(l *level) bool {
	r.space()
	if r.i == len(r.s) {
		return r.cut()
	}
	if r.s[r.i] != '"' {
		return r.fail(r.i, "a name in quotes was expected")
	}
	start := r.i + 1
	key, ok := r.str()
	if !ok {
		return false
	}
	r.key = key
	if problem := r.names.add(r.s, key, start, r.depth-1, l); problem != "" {
		return r.fail(start, problem)
	}
	return r.colon()
}

func (r *Reader) colon() bool {
	r.space()
	if r.i == len(r.s) {
		return r.cut()
	}
	if r.s[r.i] != ':' {
		return r.fail(r.i, "a colon was expected")
	}
	r.i++
	return true
}

// Text reads a string; anything else is an error.
func (r *Reader) Text() string {
	if !r.begin() {
		return ""
	}
	if r.i == len(r.s) || r.s[r.i] != '"' {
		r.fail(r.i, "a string was expected")
		return ""
	}
	s, _ := r.str()
	return s
}

// TryText reads the value at hand if it is a string and is "" for any other
// value, which is passed over.
func (r *Reader) TryText() string {
	if r.Kind() != String {
		return ""
	}
	return r.Text()
}

// Literal reads a number and gives it as it is written, all digits kept;
// anything else is an error.
func (r *Reader) Literal() string {
	if !r.begin() {
		return ""
	}
	start := r.i
	if !r.number() {
		return ""
	}
	return r.s[start:r.i]
}

// TryID reads an identifier that senders write either as a string or as a
// number, and keeps every digit of it; "" for any other value.
func (r *Reader) TryID() string {
	switch r.Kind() {
	case String:
		return r.Text()
	case Number:
		return r.Literal()
	}
	return ""
}

// Int64 reads a number without fraction or exponent that fits into 64 bits;
// anything else is an error.
func (r *Reader) Int64() int64 {
	start := r.i
	lit := r.Literal()
	if r.err != nil {
		return 0
	}
	n, err := strconv.ParseInt(lit, 10, 64)
	if err != nil {
		r.fail(start, "a whole number of at most 64 bits was expected")
		return 0
	}
	return n
}

// TryInt64 reads the value at hand if it is a number as Int64 takes it. Any
// other value is passed over; ok tells.
func (r *Reader) TryInt64() (n int64, ok bool) {
	if r.Kind() != Number {
		return 0, false
	}
	n, err := strconv.ParseInt(r.Literal(), 10, 64)
	return n, err == nil && r.err == nil
}

// Float64 reads a number; one beyond the range of a float64, and anything
// else, is an error.
func (r *Reader) Float64() float64 {
	start := r.i
	lit := r.Literal()
	if r.err != nil {
		return 0
	}
	v, err := strconv.ParseFloat(lit, 64)
	if err != nil {
		r.fail(start, "the number is too large")
		return 0
	}
	return v
}

// Bool reads true or false; anything else is an error.
func (r *Reader) Bool() bool {
	if !r.begin() {
		return false
	}
	if r.word("true") {
		return true
	}
	if !r.word("false") {
		r.fail(r.i, "true or false was expected")
	}
	return false
}

// TryBool reads the value at hand if it is true or false. Any other value is
// passed over; ok tells.
func (r *Reader) TryBool() (v, ok bool) {
	if r.Kind() != Bool {
		return false, false
	}
	v = r.Bool()
	return v, r.err == nil
}

// Null reads a null and says whether there was one; any other value stays
// where it is.
func (r *Reader) Null() bool {
	if r.Kind() != Null {
		return false
	}
	if !r.word("null") {
		return r.fail(r.i, notAValue)
	}
	r.ready = false
	return true
}

// Raw passes over the value at hand and gives its text, checked but unread, as
// a substring of the input: for a value that can only be understood after
// something that follows it.
func (r *Reader) Raw() string {
	if r.err == nil && r.ready {
		r.space()
	}
	start := r.i
	r.Skip()
	if r.err != nil {
		return ""
	}
	return r.s[start:r.i]
}

// Concat is the parts as one string, which shares memory with the strings that
// had to be rewritten (escapes, bad UTF-8); see Arena.
func (r *Reader) Concat(parts ...string) string { return r.arena.Concat(parts...) }

// begin prepares reading the value at hand.
func (r *Reader) begin() bool {
	if r.err != nil {
		return false
	}
	if !r.ready {
		return r.fail(r.i, "there is no value to read here")
	}
	r.ready = false
	r.space()
	return true
}

// fail stays out of line, so that the reading methods stay small.
//
//go:noinline
func (r *Reader) fail(at int, problem string) bool {
	if r.err == nil {
		r.err = &Error{Offset: at, Problem: problem}
	}
	return false
}

func (r *Reader) cut() bool { return r.fail(r.i, "it ends too early") }

const notAValue = "a value was expected"
