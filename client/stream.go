package client

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"

	"hearth"
)

// longestLine bounds one record of a stream.
const longestLine = 16 << 20

// stream gives the body of an answer that has no end of its own.
func (c *Client) stream(ctx context.Context, path string, in any) (io.ReadCloser, error) {
	document, err := Marshal(in)
	if err != nil {
		return nil, err
	}
	answer, err := c.send(ctx, http.MethodPost, path, bytes.NewReader(document), "application/json")
	if err != nil {
		return nil, err
	}
	return answer.Body, nil
}

// eachLine calls each with the lines of a stream. Empty ones keep the
// connection alive and say nothing.
func eachLine(r io.Reader, each func([]byte) error) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 64<<10), longestLine)
	for lines.Scan() {
		if len(lines.Bytes()) == 0 {
			continue
		}
		if err := each(lines.Bytes()); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return hearth.Errorf(hearth.Unavailable, "The server's answer broke off: %v.", err)
	}
	return nil
}

// unmarshal reads one record of a stream. A record that says {"problem":…} is
// the error that ended the stream.
func unmarshal(line []byte, out any) error {
	var trouble struct {
		Problem *Problem `json:"problem"`
	}
	if bytes.HasPrefix(line, []byte(`{"problem":`)) {
		if err := json.Unmarshal(line, &trouble); err == nil && trouble.Problem != nil {
			return trouble.Problem.err()
		}
	}
	if err := json.Unmarshal(line, out); err != nil {
		return hearth.Errorf(hearth.Unavailable, "The server's answer cannot be read: %v.", err)
	}
	return nil
}
