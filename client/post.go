package client

import (
	"bytes"
	"encoding/json"

	"hearth"
)

// Post is a post as the API writes it: the post document, section 1 of the
// query language.
type Post struct{ hearth.Post }

// MarshalJSON writes the post document.
func (p Post) MarshalJSON() ([]byte, error) { return hearth.AppendPost(nil, &p.Post), nil }

// UnmarshalJSON reads a post document; its errors are Invalid.
func (p *Post) UnmarshalJSON(document []byte) error {
	return hearth.DecodePost(string(document), &p.Post)
}

// Marshal writes v as one line of JSON, without a line break and without
// HTML's escapes.
func Marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte{'\n'}), nil
}
