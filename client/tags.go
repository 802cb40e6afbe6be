package client

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// PostKey names a post.
type PostKey struct {
	Network string `json:"network" minLength:"1" maxLength:"32"`
	ID      string `json:"id" minLength:"1" maxLength:"512" doc:"On its network"`
}

// TagChange is tags to be set and to be taken away, and corrections.
type TagChange struct {
	Set  []string `json:"set,omitempty" maxItems:"20"`
	Drop []string `json:"drop,omitempty" maxItems:"20" doc:"Tags to take away"`

	Correct []Correction `json:"correct,omitempty" maxItems:"4" doc:"What holds against the analysis, at most one a field"`
}

// Correction is what a field of a post is to be, whatever the analysis says.
type Correction struct {
	Field string `json:"field" enum:"lang,sentiment,intent,spam"`
	Value string `json:"value,omitempty" maxLength:"100" doc:"A language code or und; positive, neutral or negative; intents with a space between or none; true or false. Without it, what the analysis says holds again"`
}

// TagRequest tags some posts.
type TagRequest struct {
	Posts []PostKey `json:"posts" minItems:"1" maxItems:"500" nullable:"false"`
	TagChange
}

// TagDone is what came of it.
type TagDone struct {
	Run     int64 `json:"run,omitempty" doc:"Undo it by this number; none if nothing changed"`
	Changed int   `json:"changed"`
	Same    int   `json:"same" doc:"Posts that were so already"`
	Missing int   `json:"missing" doc:"Posts that are not there"`
}

// TagRunDraft tags everything that a search holds.
type TagRunDraft struct {
	Search
	TagChange
}

// TagRun is tagging or correcting of many posts.
type TagRun struct {
	ID     int64  `json:"id"`
	State  string `json:"state" enum:"running,paused,done,cancelled,failed,undoing,undone"`
	Reason string `json:"reason,omitempty" doc:"Why it failed"`
	Search
	TagChange
	Total   int64     `json:"total" doc:"Posts it was made for, as counted then"`
	Looked  int64     `json:"looked" doc:"Posts it has looked at"`
	Changed int64     `json:"changed" doc:"Posts that it changed"`
	By      int64     `json:"by,omitempty" doc:"The user who began it"`
	Begun   time.Time `json:"begun"`
	Written time.Time `json:"written" doc:"When it last went on"`
	Left    float64   `json:"left,omitempty" doc:"Seconds it will still take, as far as is known"`
}

// TagRunList is runs, the newest first.
type TagRunList struct {
	Runs []TagRun `json:"runs" nullable:"false"`
}

// TagRunStep says what to do with a run.
type TagRunStep struct {
	Step string `json:"step" enum:"pause,resume,cancel,undo"`
}

// Annotation is what somebody said of a post.
type Annotation struct {
	Field    string    `json:"field" enum:"tag,lang,sentiment,intent,spam"`
	Value    string    `json:"value,omitempty" doc:"What was said; none: a tag was taken away, or a correction taken back"`
	Was      string    `json:"was,omitempty" doc:"What the post said before"`
	User     int64     `json:"user,omitempty"`
	Rule     int64     `json:"rule,omitempty"`
	Run      int64     `json:"run,omitempty"`
	At       time.Time `json:"at"`
	Undone   time.Time `json:"undone,omitzero" doc:"When it was taken back"`
	UndoneBy int64     `json:"undone_by,omitempty"`
}

// AnnotationList is what was said of a post, in order.
type AnnotationList struct {
	Annotations []Annotation `json:"annotations" nullable:"false"`
}

// Tag changes the tags of some posts at once.
func (c *Client) Tag(ctx context.Context, r TagRequest) (TagDone, error) {
	var done TagDone
	err := c.call(ctx, http.MethodPost, "/tags", r, &done)
	return done, err
}

// StartTagRun tags everything that a search holds, in the background.
func (c *Client) StartTagRun(ctx context.Context, d TagRunDraft) (TagRun, error) {
	var run TagRun
	err := c.call(ctx, http.MethodPost, "/tag-runs", d, &run)
	return run, err
}

// TagRuns lists the newest runs.
func (c *Client) TagRuns(ctx context.Context) ([]TagRun, error) {
	var list TagRunList
	err := c.call(ctx, http.MethodGet, "/tag-runs", nil, &list)
	return list.Runs, err
}

// TagRun gives one run and how far it is.
func (c *Client) TagRun(ctx context.Context, id int64) (TagRun, error) {
	var run TagRun
	err := c.call(ctx, http.MethodGet, path("/tag-runs", id), nil, &run)
	return run, err
}

// SteerTagRun pauses, resumes, cancels or undoes a run.
func (c *Client) SteerTagRun(ctx context.Context, id int64, step string) (TagRun, error) {
	var run TagRun
	err := c.call(ctx, http.MethodPost, path("/tag-runs", id)+"/steer", TagRunStep{Step: step}, &run)
	return run, err
}

// Annotations gives everything that people and rules said of a post, in order.
func (c *Client) Annotations(ctx context.Context, network, id string) ([]Annotation, error) {
	var list AnnotationList
	err := c.call(ctx, http.MethodGet, "/post/annotations?"+url.Values{"network": {network}, "id": {id}}.Encode(), nil, &list)
	return list.Annotations, err
}
