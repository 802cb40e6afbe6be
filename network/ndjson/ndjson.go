// Package ndjson imports post documents, one a line or in an array: what
// Hearth exports, and, with a mapping, any flat JSON of posts.
package ndjson

import (
	"bytes"
	"context"
	"io"

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
	form := network.Exact
	if settings["network"] != "" || settings["map"] != "" {
		form = network.Mapped
	}
	documents, err := network.NewDocuments(settings, form)
	if err != nil {
		return err
	}
	return network.ReadValues(ctx, r, each, func(text string, out *network.Records) error {
		if err := documents.Read(text, &out.Event().Post, nil); err != nil {
			return out.Refuse(network.Sentence(err))
		}
		return out.Give()
	})
}
