package alert

import (
	"embed"
	"encoding/json"
	"strings"

	"hearth"
	"hearth/db"
)

//go:embed schema/*.sql
var schemas embed.FS

// Schema is the tables of alerts and incidents, in hearth.db.
func Schema() db.Schema { return db.SchemaIn(schemas, "alert", "schema") }

// written is a value as JSON for a column.
func written(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // our own types, of finite numbers
	}
	return string(text)
}

// read is the inverse of written.
func read(text string, v any, what string) error {
	if err := json.Unmarshal([]byte(text), v); err != nil {
		return hearth.Errorf(hearth.Damaged, "The stored %s cannot be read: %v.", what, err)
	}
	return nil
}

// wrong is an error about one input.
func wrong(field, sentence string) error {
	return &hearth.Error{Code: hearth.Invalid, Field: field, Message: sentence}
}

// shorten cuts a text to so many bytes, at the beginning of a letter.
func shorten(text string, most int) string {
	if len(text) > most {
		text = text[:most]
	}
	return strings.ToValidUTF8(text, "")
}
