package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"

	"hearth"
	"hearth/client"
)

// longestLine is the most one line of input may hold.
const longestLine = 16 << 20

// eachLine reads lines from standard input and answers each with exactly one,
// in order. What answer appends is flushed whenever the input has nothing more
// to read at once, so that a program at the other end of a pipe can talk line
// by line. A line that answer refuses, or one that is too long, is answered by
// {"error":…} and the next one is read.
//
// dst is empty and may be grown; line holds no line break and is valid until
// answer returns.
func (s *session) eachLine(answer func(dst, line []byte) ([]byte, error)) error {
	in := bufio.NewReaderSize(&whileAlive{s.ctx, s.env.Stdin}, 64<<10)
	out := bufio.NewWriterSize(s.env.Stdout, 64<<10)
	var line, dst []byte
	for {
		if !bytes.Contains(peek(in), []byte{'\n'}) {
			if err := out.Flush(); err != nil {
				return err
			}
		}
		var long bool
		var err error
		line, long, err = readLine(in, line[:0])
		if err == io.EOF && len(line) == 0 && !long {
			return out.Flush()
		}
		if err != nil && err != io.EOF {
			return errors.Join(err, out.Flush())
		}
		dst = dst[:0]
		var wrong error
		if long {
			wrong = hearth.Errorf(hearth.Invalid, "The line is longer than 16 MiB.")
		} else {
			dst, wrong = answer(dst, line)
		}
		if wrong != nil {
			dst = appendError(dst[:0], wrong, 0)
		}
		if _, err := out.Write(append(dst, '\n')); err != nil {
			return err
		}
		if cap(dst) > 1<<20 {
			dst = nil
		}
		if cap(line) > 1<<20 {
			line = nil
		}
	}
}

// peek is what is buffered already.
func peek(r *bufio.Reader) []byte {
	b, _ := r.Peek(r.Buffered())
	return b
}

// readLine appends the next line to dst, without its end. A line that is too
// long is passed over.
func readLine(r *bufio.Reader, dst []byte) (line []byte, long bool, err error) {
	for {
		part, err := r.ReadSlice('\n')
		if len(dst)+len(part) > longestLine+2 {
			long, dst = true, dst[:0]
		} else if !long {
			dst = append(dst, part...)
		}
		if err == bufio.ErrBufferFull {
			continue
		}
		dst = bytes.TrimSuffix(dst, []byte{'\n'})
		dst = bytes.TrimSuffix(dst, []byte{'\r'})
		return dst, long || len(dst) > longestLine, err
	}
}

// appendError writes {"error":…}, with the number of the record if there is one.
func appendError(dst []byte, err error, record int64) []byte {
	dst = append(dst, `{"error":`...)
	dst = hearth.AppendQuoted(dst, err.Error())
	if record > 0 {
		dst = append(dst, `,"record":`...)
		dst = append(dst, hearth.Seq(record).String()...)
	}
	return append(dst, '}')
}

// printLine writes v as one line of JSON to standard output.
func (s *session) printLine(v any) error {
	line, err := client.Marshal(v)
	if err != nil {
		return err
	}
	_, err = s.env.Stdout.Write(append(line, '\n'))
	return err
}

// whileAlive stops reading when the context ends, even in the middle of a read
// that never returns.
type whileAlive struct {
	ctx context.Context
	r   io.Reader
}

func (w *whileAlive) Read(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	type result struct {
		n   int
		err error
	}
	done := make(chan result, 1)
	go func() {
		n, err := w.r.Read(p)
		done <- result{n, err}
	}()
	select {
	case r := <-done:
		return r.n, r.err
	case <-w.ctx.Done():
		return 0, w.ctx.Err()
	}
}

var _ json.Marshaler = client.Post{}
