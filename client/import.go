package client

import (
	"context"
	"io"
	"net/http"
	"net/url"
)

// ImportOptions says how a file of posts is read.
type ImportOptions struct {
	Name     string            // the file's name: its extension helps to recognise the format
	Format   string            // "": recognised
	Settings map[string]string // of the format
}

// ImportProgress is how far an import is, and at the end (Done) what became of
// everything.
type ImportProgress struct {
	Done       bool           `json:"done"`
	Format     string         `json:"format,omitempty"`
	Records    int64          `json:"records" doc:"Read so far"`
	Stored     int64          `json:"stored"`
	Duplicates int64          `json:"duplicates" doc:"Stored before"`
	Other      int64          `json:"other,omitempty" doc:"Events that change nothing stored"`
	Rejected   int64          `json:"rejected" doc:"Records that could not be read or kept"`
	Reasons    []ImportReason `json:"reasons,omitempty" doc:"Why, the most frequent first"`
}

// ImportReason is one reason why records were rejected.
type ImportReason struct {
	Reason string  `json:"reason"`
	Count  int64   `json:"count"`
	First  []int64 `json:"first,omitempty" doc:"The first records, counted from 1"`
}

// Import sends a file of posts and gives what became of it. Everything that
// was reported as stored is stored, also if the import then breaks off; sent
// again, it is not doubled. progress may be nil.
func (c *Client) Import(ctx context.Context, file io.Reader, o ImportOptions, progress func(ImportProgress)) (ImportProgress, error) {
	var last ImportProgress
	ask := url.Values{}
	if o.Name != "" {
		ask.Set("name", o.Name)
	}
	if o.Format != "" {
		ask.Set("format", o.Format)
	}
	for name, value := range o.Settings {
		ask.Add("set", name+"="+value)
	}
	answer, err := c.send(ctx, http.MethodPost, "/import?"+ask.Encode(), file, "application/octet-stream")
	if err != nil {
		return last, err
	}
	defer answer.Body.Close()
	err = eachLine(answer.Body, func(line []byte) error {
		if err := unmarshal(line, &last); err != nil {
			return err
		}
		if progress != nil {
			progress(last)
		}
		return nil
	})
	if err == nil && !last.Done {
		err = c.broken(ctx, io.ErrUnexpectedEOF)
	}
	return last, err
}
