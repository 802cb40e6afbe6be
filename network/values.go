package network

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"strings"
)

// Value is one JSON value cut out of a file, not yet checked. It is valid until
// the next one.
type Value struct {
	Number  int64  // 1 for the first
	Line    int64  // where it begins
	Text    string // its JSON; its beginning only, where there is a Problem
	Problem string // "", or a sentence that says why it cannot be used
}

// EachValue cuts a file of JSON into its records: one on each line, the
// elements of an array, values that begin on a line of their own in any layout,
// or an array behind "name =", as archives have it that are scripts. It holds one
// record at a time, goes on after a broken one, and returns the errors of r, of
// each and of ctx only.
func EachValue(ctx context.Context, r io.Reader, each func(*Value) error) error {
	c := &cutter{ctx: ctx, r: asBuffered(r), each: each, line: 1}
	err := c.cut()
	if err == io.EOF {
		return nil
	}
	return err
}

func asBuffered(r io.Reader) *bufio.Reader {
	switch r := r.(type) {
	case *Input:
		return r.Reader
	case *bufio.Reader:
		return r
	}
	return bufio.NewReaderSize(r, headSize)
}

// cutter walks through the file. Its methods return io.EOF at its end.
type cutter struct {
	ctx   context.Context
	r     *bufio.Reader
	each  func(*Value) error
	value Value
	line  int64 // of the byte that is read next
	lines bool  // one record a line, for certain

	record []byte
	size   int // bytes of the record, those not kept included
	at     int64
}

func (c *cutter) cut() error {
	if err := c.assignment(); err != nil {
		return err
	}
	for {
		b, err := c.space("")
		if err != nil {
			return err
		}
		switch {
		case b == '[' && !c.lines:
			err = c.array()
		case c.lines:
			err = c.wholeLine()
		default:
			err = c.firstValue()
		}
		if err != nil {
			return err
		}
	}
}

// assignment passes over "window.YTD.tweets.part0 =".
func (c *cutter) assignment() error {
	if _, err := c.space(""); err != nil {
		return err
	}
	head, err := c.r.Peek(256)
	if err != nil && err != io.EOF && err != bufio.ErrBufferFull {
		return err
	}
	equals := bytes.IndexByte(head, '=')
	if equals < 0 || strings.ContainsFunc(string(head[:equals]), func(r rune) bool {
		return r != ' ' && r != '.' && r != '_' && r != '$' && (r < '0' || r > '9') && (r|0x20 < 'a' || r|0x20 > 'z')
	}) {
		return nil
	}
	c.r.Discard(equals + 1)
	return nil
}

// space passes over white space and the given bytes, and shows what follows.
func (c *cutter) space(also string) (byte, error) {
	for {
		b, err := c.r.ReadByte()
		if err != nil {
			return 0, err
		}
		switch {
		case b == '\n':
			c.line++
		case b == ' ', b == '\t', b == '\r', strings.IndexByte(also, b) >= 0:
		default:
			return b, c.r.UnreadByte()
		}
	}
}

// array gives out the elements of the array that begins here.
func (c *cutter) array() error {
	c.r.Discard(1)
	for {
		b, err := c.space(",")
		if err == io.EOF {
			c.begin()
			return c.out("The file ends within the list: its end is missing.")
		}
		if err != nil {
			return err
		}
		if b == ']' {
			c.r.Discard(1)
			_, err := c.space(";")
			return err
		}
		if err := c.element(); err != nil {
			return err
		}
	}
}

func (c *cutter) element() error {
	c.begin()
	var s nesting
	for {
		chunk, err := c.chunk()
		if err != nil {
			if err != io.EOF {
				return err
			}
			return c.out("The file ends within this record.")
		}
		n, end, broken := s.scan(chunk)
		c.keep(chunk[:n])
		c.line += int64(bytes.Count(chunk[:n], []byte{'\n'}))
		c.r.Discard(n)
		switch {
		case broken:
			return c.out("A line ends within a text in quotes.")
		case end:
			return c.out("")
		}
	}
}

// firstValue gives out a value whose layout is not known yet. If the first of
// all ends with its line, the file has one record a line.
func (c *cutter) firstValue() error {
	c.begin()
	line, err := c.readLine()
	if err != nil && err != io.EOF {
		return err
	}
	c.keep(line)
	var s nesting
	_, end, broken := s.scan(line)
	if end || broken || s.depth == 0 || c.size > MaxRecord {
		c.lines = c.value.Number == 0
		return c.out("")
	}
	for err != io.EOF {
		at := c.line
		if line, err = c.readLine(); err != nil && err != io.EOF {
			return err
		}
		if c.value.Number == 0 && alone(line) { // the first record is broken, this is the second
			second := bytes.Clone(line)
			c.lines = true
			if err := c.out("The record ends too early."); err != nil {
				return err
			}
			c.begin()
			c.at = at
			c.keep(second)
			return c.out("")
		}
		c.keep(line)
		if _, end, broken = s.scan(line); end || broken {
			return c.out("")
		}
	}
	return c.out("The file ends within this record.")
}

// alone says whether a line at the margin is a whole object.
func alone(line []byte) bool {
	if !bytes.HasPrefix(line, []byte(`{"`)) {
		return false
	}
	var s nesting
	n, end, _ := s.scan(line)
	return end && len(bytes.TrimSpace(line[n:])) == 0
}

func (c *cutter) wholeLine() error {
	c.begin()
	line, err := c.readLine()
	if err != nil && err != io.EOF {
		return err
	}
	c.keep(line)
	return c.out("")
}

// readLine reads up to the end of the line, its end included. What is longer
// than a record is read but not given.
func (c *cutter) readLine() ([]byte, error) {
	line, err := c.r.ReadSlice('\n')
	if err == nil {
		c.line++
		return line, nil
	}
	if err != bufio.ErrBufferFull {
		return line, err
	}
	long := bytes.Clone(line)
	for err == bufio.ErrBufferFull {
		line, err = c.r.ReadSlice('\n')
		if len(long) <= MaxRecord {
			long = append(long, line...)
		}
	}
	if err == nil {
		c.line++
	}
	return long, err
}

// chunk is what is buffered, at least a byte.
func (c *cutter) chunk() ([]byte, error) {
	if _, err := c.r.Peek(1); err != nil {
		return nil, err
	}
	return c.r.Peek(c.r.Buffered())
}

func (c *cutter) begin() {
	c.record = c.record[:0]
	c.size = 0
	c.at = c.line
}

// keep adds bytes to the record while it has room.
func (c *cutter) keep(p []byte) {
	c.size += len(p)
	if c.size <= MaxRecord {
		c.record = append(c.record, p...)
	}
}

func (c *cutter) out(problem string) error {
	text := bytes.TrimSpace(c.record)
	switch {
	case c.size > MaxRecord:
		problem = "The record is larger than 16 MiB."
		text = text[:min(len(text), 4<<10)]
	case problem != "":
		text = text[:min(len(text), 64<<10)]
	}
	if problem == "" && (len(text) == 0 || string(text) == ";") {
		return c.ctx.Err()
	}
	c.value = Value{Number: c.value.Number + 1, Line: c.at, Text: string(text), Problem: problem}
	if err := c.each(&c.value); err != nil {
		return err
	}
	return c.ctx.Err()
}

// nesting follows brackets and quotes to find where a value ends.
type nesting struct {
	depth    int
	inside   bool // a string
	escaped  bool // the next character of it belongs to a backslash
	anything bool // the value has begun
}

// scan goes on with p. end: the value ends before p[n]; broken: a line ends
// within a string, before p[n].
func (s *nesting) scan(p []byte) (n int, end, broken bool) {
	for i, b := range p {
		if s.inside {
			switch {
			case b == '\n':
				return i, false, true
			case s.escaped:
				s.escaped = false
			case b == '\\':
				s.escaped = true
			case b == '"':
				s.inside = false
				if s.depth == 0 {
					return i + 1, true, false
				}
			}
			continue
		}
		switch b {
		case '"':
			s.inside = true
		case '{', '[':
			s.depth++
		case '}', ']':
			if s.depth == 0 { // the end of what the value stands in, or a stray one
				return max(i, s.least(i)), true, false
			}
			if s.depth--; s.depth == 0 {
				return i + 1, true, false
			}
		case ' ', '\t', '\r', '\n', ',':
			if s.depth == 0 && s.anything {
				return i, true, false
			}
			continue
		}
		s.anything = true
	}
	return len(p), false, false
}

// least is 1 for a stray bracket in front, so that it is passed over.
func (s *nesting) least(i int) int {
	if i == 0 && !s.anything {
		return 1
	}
	return 0
}
