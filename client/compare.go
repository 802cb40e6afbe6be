package client

import (
	"context"
	"net/http"
	"time"
)

// Comparison is a named set of monitors that are looked at side by side.
type Comparison struct {
	ID       int64     `json:"id"`
	Version  int64     `json:"version" doc:"Rises with each change; a change names the version it saw"`
	Name     string    `json:"name"`
	Monitors []int64   `json:"monitors" nullable:"false" doc:"In the order in which they are shown; removed ones are left out"`
	Created  time.Time `json:"created"`
	Changed  time.Time `json:"changed"`
}

// ComparisonDraft is a comparison to be.
type ComparisonDraft struct {
	Name     string  `json:"name" minLength:"1" maxLength:"200"`
	Monitors []int64 `json:"monitors" minItems:"2" maxItems:"30" nullable:"false"`
}

// ComparisonChange changes what it names. Version is the one the change was made
// on; if the comparison has another by now the error is a Conflict.
type ComparisonChange struct {
	Version  int64   `json:"version" minimum:"1"`
	Name     *string `json:"name,omitempty" minLength:"1" maxLength:"200"`
	Monitors []int64 `json:"monitors,omitempty" minItems:"2" maxItems:"30"`
}

// ComparisonList is the comparisons of a workspace, by name.
type ComparisonList struct {
	Comparisons []Comparison `json:"comparisons" nullable:"false"`
}

// CompareRequest says what is compared: a comparison, or the monitors named.
type CompareRequest struct {
	Comparison int64     `json:"comparison,omitempty" minimum:"0"`
	Monitors   []int64   `json:"monitors,omitempty" maxItems:"30"`
	From       time.Time `json:"from,omitzero" doc:"Cut to a quarter of an hour; empty: where the posts begin"`
	To         time.Time `json:"to,omitzero" doc:"Likewise; empty: where they end"`
}

// Compared is share of voice and sentiment side by side.
type Compared struct {
	Name   string    `json:"name,omitempty" doc:"Of the comparison"`
	From   time.Time `json:"from" doc:"As it was counted"`
	To     time.Time `json:"to"`
	Posts  int64     `json:"posts" doc:"Of all monitors; a post that several caught counts for each"`
	Before int64     `json:"before" doc:"In the same time just before"`
	Parts  []Part    `json:"parts" nullable:"false"`
	Upto   int64     `json:"upto" doc:"Row of the log that the numbers stand for"`
}

// Part is one monitor of a comparison.
type Part struct {
	Monitor     int64   `json:"monitor"`
	Name        string  `json:"name"`
	Posts       int64   `json:"posts"`
	Before      int64   `json:"before"`
	Voice       Measure `json:"voice" doc:"Share of all monitors' posts"`
	VoiceBefore float64 `json:"voice_before"`
	Positive    int64   `json:"positive"`
	Neutral     int64   `json:"neutral"`
	Negative    int64   `json:"negative"`
	Unknown     int64   `json:"unknown" doc:"Posts whose sentiment is not known"`

	PositiveShare Measure `json:"positive_share" doc:"Of the posts whose sentiment is known"`
	NegativeShare Measure `json:"negative_share"`

	PositiveQuery string `json:"positive_query" doc:"Finds these posts among those of the monitor and the time"`
	NeutralQuery  string `json:"neutral_query"`
	NegativeQuery string `json:"negative_query"`
	UnknownQuery  string `json:"unknown_query"`
}

// Measure is a share, counted exactly, with the 95 % interval in which it would
// lie if as many others had spoken.
type Measure struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
	N     int64   `json:"n" doc:"Posts that it is a share of"`
}

// Comparisons lists the comparisons.
func (c *Client) Comparisons(ctx context.Context) ([]Comparison, error) {
	var list ComparisonList
	err := c.call(ctx, http.MethodGet, "/comparisons", nil, &list)
	return list.Comparisons, err
}

// Comparison gives one comparison.
func (c *Client) Comparison(ctx context.Context, id int64) (Comparison, error) {
	var one Comparison
	err := c.call(ctx, http.MethodGet, path("/comparisons", id), nil, &one)
	return one, err
}

// AddComparison makes a comparison.
func (c *Client) AddComparison(ctx context.Context, d ComparisonDraft) (Comparison, error) {
	var one Comparison
	err := c.call(ctx, http.MethodPost, "/comparisons", d, &one)
	return one, err
}

// ChangeComparison gives a comparison another name or other monitors.
func (c *Client) ChangeComparison(ctx context.Context, id int64, change ComparisonChange) (Comparison, error) {
	var one Comparison
	err := c.call(ctx, http.MethodPatch, path("/comparisons", id), change, &one)
	return one, err
}

// RemoveComparison takes a comparison away; its monitors stay.
func (c *Client) RemoveComparison(ctx context.Context, id int64) error {
	return c.call(ctx, http.MethodDelete, path("/comparisons", id), nil, nil)
}

// Compare gives share of voice and sentiment side by side.
func (c *Client) Compare(ctx context.Context, r CompareRequest) (Compared, error) {
	var found Compared
	err := c.call(ctx, http.MethodPost, "/charts/compare", r, &found)
	return found, err
}
