// Package ndjson imports post documents, one a line or in an array: what
// Hearth exports, and, with a mapping, any flat JSON of posts.
package ndjson

import (
	"bytes"
	"context"
	"io"
	"strconv"
	"strings"

	"hearth"
	"hearth/jsonread"
	"hearth/network"
)

// Format is NDJSON of post documents (section 1 of the query language).
func Format() network.Format {
	return network.Format{
		Name:       "ndjson",
		Title:      "Post documents (NDJSON)",
		Extensions: []string{".ndjson", ".jsonl", ".json"},
		Fields:     network.MappingFields(),
		Sniff:      sniff,
		Read:       read,
	}
}

// sniff recognises a document by the two names that only it has together.
func sniff(head []byte) bool {
	line, _, _ := bytes.Cut(bytes.TrimLeft(head, " \t\r\n["), []byte{'\n'})
	return bytes.HasPrefix(line, []byte{'{'}) && bytes.Contains(line, []byte(`"network"`)) && bytes.Contains(line, []byte(`"text"`))
}

func read(ctx context.Context, r io.Reader, settings map[string]string, each func(*network.Record) error) error {
	if settings["network"] == "" && settings["map"] == "" {
		return network.ReadValues(ctx, r, each, readDocument)
	}
	m, err := network.NewMapping(settings)
	if err != nil {
		return err
	}
	mapped := mapper{m: m}
	return network.ReadValues(ctx, r, each, mapped.read)
}

func readDocument(text string, out *network.Records) error {
	ev := out.Event()
	if err := hearth.DecodePost(text, &ev.Post); err != nil {
		return out.Refuse(network.Sentence(err) + hint(text))
	}
	return out.Give()
}

// hint says what to do with posts that are no documents.
func hint(text string) string {
	if !strings.Contains(text, `"network"`) {
		return " If these are posts in another form, name their network and map their fields with the settings network and map."
	}
	return ""
}

// mapper reads objects whose members are mapped to fields. The name of a member
// inside another object is both with a dot between.
type mapper struct {
	m       *network.Mapping
	r       jsonread.Reader
	post    *hearth.Post
	hasText bool
	err     error
}

func (m *mapper) read(text string, out *network.Records) error {
	m.post, m.hasText, m.err = &out.Event().Post, false, nil
	m.r.Reset(text)
	if m.r.Kind() != jsonread.Object {
		return out.Refuse("The record is " + m.r.Kind().String() + " and not an object.")
	}
	m.members("")
	if err := m.r.End(); err != nil {
		return out.Refuse(network.Sentence(err))
	}
	if m.err != nil {
		return out.Refuse(network.Sentence(m.err))
	}
	if !m.hasText {
		return out.Refuse("Nothing in the record becomes the text of a post; name it with the setting map, like text=body.")
	}
	m.m.Finish(m.post, text)
	return out.Give()
}

func (m *mapper) members(prefix string) {
	m.r.Object()
	for m.r.Next() {
		name := prefix + m.r.Key()
		if m.r.Kind() == jsonread.Object {
			m.members(name + ".")
			continue
		}
		field := m.m.Field(name)
		if field == "" {
			continue
		}
		m.hasText = m.hasText || field == "text"
		if err := m.m.Set(m.post, field, m.value()); err != nil && m.err == nil {
			m.err = err
		}
	}
}

// value is a value as the text that a column would have.
func (m *mapper) value() string {
	switch m.r.Kind() {
	case jsonread.String:
		return m.r.Text()
	case jsonread.Number:
		return m.r.Literal()
	case jsonread.Bool:
		return strconv.FormatBool(m.r.Bool())
	case jsonread.Array:
		return m.r.Raw()
	}
	return ""
}
