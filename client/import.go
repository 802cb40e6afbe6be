package client

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"time"
)

// ImportOptions says how a file of posts is read.
type ImportOptions struct {
	ID        string            // names the content; an import of the same id that broke off goes on, one that is done is not done again. "": a new one
	Name      string            // the file's name: its extension helps to recognise the format
	Format    string            // "": recognised
	Settings  map[string]string // of the format
	AcceptBad bool              // go on however many records cannot be read
}

// ImportProgress is how far an import is, and at the end (Done) what became of
// everything.
type ImportProgress struct {
	ID         string         `json:"id,omitempty"`
	Name       string         `json:"name,omitempty"`
	Format     string         `json:"format,omitempty"`
	Done       bool           `json:"done"`
	State      string         `json:"state,omitempty" doc:"running, done, stopped, undoing or undone"`
	Trouble    string         `json:"trouble,omitempty" doc:"Why it was stopped"`
	Begun      time.Time      `json:"begun,omitzero"`
	Records    int64          `json:"records" doc:"Dealt with so far"`
	Resumed    int64          `json:"resumed,omitempty" doc:"Of these, by earlier runs"`
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
// again, it is not doubled. The progress is valid with an error too. progress
// may be nil.
func (c *Client) Import(ctx context.Context, file io.Reader, o ImportOptions, progress func(ImportProgress)) (ImportProgress, error) {
	var last ImportProgress
	ask := url.Values{}
	for name, value := range map[string]string{"id": o.ID, "name": o.Name, "format": o.Format} {
		if value != "" {
			ask.Set(name, value)
		}
	}
	for name, value := range o.Settings {
		ask.Add("set", name+"="+value)
	}
	if o.AcceptBad {
		ask.Set("accept_bad", "true")
	}
	answer, err := c.send(ctx, http.MethodPost, "/import?"+ask.Encode(), file, "application/octet-stream")
	if err != nil {
		return last, err
	}
	defer answer.Body.Close()
	err = eachLine(answer.Body, func(line []byte) error {
		var next ImportProgress
		if err := unmarshal(line, &next); err != nil {
			return err
		}
		if last = next; progress != nil {
			progress(last)
		}
		return nil
	})
	if err == nil && !last.Done {
		err = c.broken(ctx, io.ErrUnexpectedEOF)
	}
	return last, err
}

// ImportList is the imports of a workspace, the newest first.
type ImportList struct {
	Imports []ImportProgress `json:"imports" nullable:"false"`
}

// Imports lists what was imported.
func (c *Client) Imports(ctx context.Context) ([]ImportProgress, error) {
	var list ImportList
	err := c.call(ctx, http.MethodGet, "/imports", nil, &list)
	return list.Imports, err
}

// Imported gives one import.
func (c *Client) Imported(ctx context.Context, id string) (ImportProgress, error) {
	var one ImportProgress
	err := c.call(ctx, http.MethodGet, "/imports/"+url.PathEscape(id), nil, &one)
	return one, err
}

// Erased says how many posts were erased.
type Erased struct {
	Posts int64 `json:"posts"`
}

// UndoImport erases every post that an import stored. The same posts can be
// imported again. Broken off, it is finished by asking again.
func (c *Client) UndoImport(ctx context.Context, id string) (Erased, error) {
	var erased Erased
	err := c.call(ctx, http.MethodPost, "/imports/"+url.PathEscape(id)+"/undo", nil, &erased)
	return erased, err
}
