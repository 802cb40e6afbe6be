package client

import (
	"context"
	"net/http"
	"time"
)

// List is words, authors or sites that queries share: list:name.
type List struct {
	ID      int64     `json:"id"`
	Version int64     `json:"version" doc:"Rises with each change; a change names the version it saw"`
	Kind    string    `json:"kind" enum:"words,authors,sites"`
	Name    string    `json:"name"`
	Entries []string  `json:"entries" nullable:"false" doc:"As queries compare them"`
	Created time.Time `json:"created"`
	Changed time.Time `json:"changed"`
	Removed time.Time `json:"removed,omitzero"`

	Uses  []ListUse  `json:"uses,omitempty" doc:"Monitors that use it"`
	Taken *ListTaken `json:"taken,omitempty" doc:"What became of the lines that were given"`
}

// ListUse is a monitor that uses a list.
type ListUse struct {
	Monitor int64  `json:"monitor"`
	Name    string `json:"name"`
}

// ListTaken says what became of lines.
type ListTaken struct {
	Taken   int           `json:"taken" doc:"Lines that are entries now"`
	Known   int           `json:"known" doc:"Lines that said what another one says"`
	Refused []ListRefusal `json:"refused" nullable:"false" doc:"The first hundred that are no entries"`
}

// ListRefusal is a line that is no entry, and why.
type ListRefusal struct {
	Line   int    `json:"line"`
	Text   string `json:"text"`
	Reason string `json:"reason"`
}

// ListDraft is a list to be.
type ListDraft struct {
	Kind string `json:"kind" enum:"words,authors,sites"`
	Name string `json:"name" minLength:"1" maxLength:"200"`
	Text string `json:"text" minLength:"1" maxLength:"4194304" doc:"Entries, one a line"`
}

// ListChange changes what it names. Version is the one the change was made on; if
// the list has another by now, nothing is changed and the error is a Conflict.
type ListChange struct {
	Version int64    `json:"version" minimum:"1"`
	Name    *string  `json:"name,omitempty" minLength:"1" maxLength:"200"`
	Text    *string  `json:"text,omitempty" maxLength:"4194304" doc:"All entries, one a line"`
	Add     string   `json:"add,omitempty" maxLength:"4194304" doc:"Further entries, one a line"`
	Drop    []string `json:"drop,omitempty" maxItems:"20000" doc:"Entries to take away"`
}

// ListList is lists.
type ListList struct {
	Lists []List `json:"lists" nullable:"false"`
}

// Lists lists the shared lists, by name.
func (c *Client) Lists(ctx context.Context) ([]List, error) {
	var all ListList
	err := c.call(ctx, http.MethodGet, "/lists", nil, &all)
	return all.Lists, err
}

// RemovedLists lists those that can be restored.
func (c *Client) RemovedLists(ctx context.Context) ([]List, error) {
	var all ListList
	err := c.call(ctx, http.MethodGet, "/removed-lists", nil, &all)
	return all.Lists, err
}

// List gives one list and who uses it.
func (c *Client) List(ctx context.Context, id int64) (List, error) {
	var one List
	err := c.call(ctx, http.MethodGet, path("/lists", id), nil, &one)
	return one, err
}

// AddList makes a list.
func (c *Client) AddList(ctx context.Context, d ListDraft) (List, error) {
	var one List
	err := c.call(ctx, http.MethodPost, "/lists", d, &one)
	return one, err
}

// ChangeList gives a list another name or other entries; monitors that use it
// listen by them at once.
func (c *Client) ChangeList(ctx context.Context, id int64, change ListChange) (List, error) {
	var one List
	err := c.call(ctx, http.MethodPatch, path("/lists", id), change, &one)
	return one, err
}

// RemoveList takes a list away that no monitor uses.
func (c *Client) RemoveList(ctx context.Context, id int64) error {
	return c.call(ctx, http.MethodDelete, path("/lists", id), nil, nil)
}

// RestoreList brings a removed list back.
func (c *Client) RestoreList(ctx context.Context, id int64) (List, error) {
	var one List
	err := c.call(ctx, http.MethodPost, path("/lists", id)+"/restore", nil, &one)
	return one, err
}
