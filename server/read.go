package server

import (
	"context"
	"io"
	"strings"

	"hearth/api"
	"hearth/cli"
	"hearth/network"
	"hearth/network/all"
)

// read reads a file of posts for a dry run: nothing is stored.
func read(ctx context.Context, from io.Reader, o cli.ReadOptions, each func(*cli.Record) error) error {
	input, err := network.Open(from)
	if err != nil {
		return err
	}
	defer input.Close()
	format, err := api.FindFormat(all.Formats(), all.Detect, o.Format, o.Name, input)
	if err != nil {
		return err
	}
	settings, err := network.Settings(format.Fields, o.Settings)
	if err != nil {
		return err
	}
	var record cli.Record
	return format.Read(ctx, input, settings, func(r *network.Record) error {
		record = cli.Record{Number: r.Number, Verb: r.Event.Op.String(), Post: &r.Event.Post}
		switch {
		case r.Reject != nil:
			record.Post, record.Error, record.Line = nil, r.Reject.Reason, r.Reject.Line
		case r.Event.Op == network.Create || r.Event.Op == network.Update:
			if err := r.Event.Post.Check(); err != nil {
				record.Post, record.Error = nil, err.Error()
			}
		}
		return each(&record)
	})
}

// formatList describes the formats for `hearth import --formats`.
func formatList() []cli.Format {
	var list []cli.Format
	for _, f := range all.Formats() {
		described := cli.Format{Name: f.Name, Title: f.Title}
		for _, field := range f.Fields {
			line := field.Name + "  " + field.Help
			switch {
			case field.Required:
				line += " Required."
			case field.Default != "":
				line += " Default: " + field.Default + "."
			}
			if len(field.Choices) > 0 {
				line += " One of: " + strings.Join(field.Choices, ", ") + "."
			}
			described.Help = append(described.Help, line)
		}
		list = append(list, described)
	}
	return list
}
