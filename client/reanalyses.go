package client

import (
	"context"
	"net/http"
	"time"
)

// Model is an analyzer of the program, with what posts were judged by.
type Model struct {
	Name    string       `json:"name"`
	Field   string       `json:"field" enum:"lang,sentiment,intent,spam" doc:"What it says of a post"`
	Version int          `json:"version"`
	Card    string       `json:"card" doc:"Markdown: data, licences, date, scores, limits"`
	Judged  []ModelShare `json:"judged" nullable:"false" doc:"Versions by which posts were judged, the newest first"`
}

// ModelShare is how many of the posts that were drawn a version judged.
type ModelShare struct {
	Version int   `json:"version" doc:"0: nobody knows"`
	Posts   int64 `json:"posts"`
}

// ModelList is the analyzers.
type ModelList struct {
	Drawn  int64   `json:"drawn" doc:"Posts that were drawn by chance to see what they were judged by"`
	Models []Model `json:"models" nullable:"false"`
}

// ModelVersions names models by what they say of a post.
type ModelVersions struct {
	Lang      int `json:"lang"`
	Sentiment int `json:"sentiment"`
	Intent    int `json:"intent"`
	Spam      int `json:"spam"`
}

// Reanalysis is judging stored posts anew.
type Reanalysis struct {
	ID      int64         `json:"id"`
	State   string        `json:"state" enum:"running,paused,done,cancelled,failed,undoing,undone"`
	Reason  string        `json:"reason,omitempty" doc:"Why it stands or failed"`
	Whole   bool          `json:"whole" doc:"Whether it goes over every post that was stored when it began"`
	Search  Search        `json:"search" doc:"Else what it goes over"`
	Models  ModelVersions `json:"models" doc:"By which it judges"`
	Total   int64         `json:"total" doc:"Posts it was made for, as counted then"`
	Looked  int64         `json:"looked"`
	Same    int64         `json:"same" doc:"Of these, posts that the same models had judged before"`
	Changed int64         `json:"changed" doc:"Posts that say something else now"`
	Kept    int64         `json:"kept" doc:"Posts on which a person's word holds against the models"`
	Skipped int64         `json:"skipped" doc:"Posts that could not be judged"`
	By      int64         `json:"by,omitempty" doc:"The user who began it; none: it began as the models were new"`
	Begun   time.Time     `json:"begun"`
	Written time.Time     `json:"written" doc:"When it last went on"`
	Left    float64       `json:"left,omitempty" doc:"Seconds it will still take, as far as is known"`
}

// ReanalysisList is re-analyses, the newest first.
type ReanalysisList struct {
	Reanalyses []Reanalysis `json:"reanalyses" nullable:"false"`
}

// JudgementMove is that so many posts say another word.
type JudgementMove struct {
	Field    string    `json:"field" enum:"lang,sentiment,intent,spam"`
	Lang     string    `json:"lang,omitempty" doc:"Of the posts"`
	Was      string    `json:"was,omitempty" doc:"None: nothing"`
	Becomes  string    `json:"becomes,omitempty" doc:"None: nothing"`
	Posts    int64     `json:"posts"`
	Examples []PostKey `json:"examples" nullable:"false" doc:"Some of them"`
}

// JudgementFigure is what became of a monitor, over the posts that were looked at.
type JudgementFigure struct {
	Monitor        int64 `json:"monitor"`
	PostsBefore    int64 `json:"posts_before"`
	PostsAfter     int64 `json:"posts_after"`
	SaidBefore     int64 `json:"said_before" doc:"Of them, posts with a sentiment"`
	SaidAfter      int64 `json:"said_after"`
	NegativeBefore int64 `json:"negative_before"`
	NegativeAfter  int64 `json:"negative_after"`
}

// ReanalysisChanges is a re-analysis with what it changed.
type ReanalysisChanges struct {
	Reanalysis
	Moves   []JudgementMove   `json:"moves" nullable:"false"`
	Figures []JudgementFigure `json:"figures" nullable:"false" doc:"Of monitors"`
}

// ReanalysisDraft says what to judge anew; empty: every post.
type ReanalysisDraft struct {
	Search Search `json:"search"`
}

// ReanalysisTrial is what a re-analysis would do, from some of the posts.
type ReanalysisTrial struct {
	Total   int64             `json:"total" doc:"Posts that it is about"`
	Looked  int64             `json:"looked" doc:"Posts that were tried: drawn by chance of all, else the newest"`
	Changed int64             `json:"changed"`
	Kept    int64             `json:"kept" doc:"Posts on which a person's word holds against the models"`
	Moves   []JudgementMove   `json:"moves" nullable:"false"`
	Figures []JudgementFigure `json:"figures" nullable:"false"`
	Bytes   int64             `json:"bytes" doc:"About what it would take on the disk"`
	Takes   float64           `json:"takes" doc:"Seconds on a quiet machine, about"`
}

// ReanalysisStep says what to do with a re-analysis.
type ReanalysisStep struct {
	Step string `json:"step" enum:"pause,resume,cancel,undo"`
}

// Models gives the analyzers of the program, and what posts were judged by.
func (c *Client) Models(ctx context.Context) (ModelList, error) {
	var list ModelList
	err := c.call(ctx, http.MethodGet, "/models", nil, &list)
	return list, err
}

// Reanalyses lists the newest re-analyses.
func (c *Client) Reanalyses(ctx context.Context) ([]Reanalysis, error) {
	var list ReanalysisList
	err := c.call(ctx, http.MethodGet, "/reanalyses", nil, &list)
	return list.Reanalyses, err
}

// Reanalysis gives one with what it changed.
func (c *Client) Reanalysis(ctx context.Context, id int64) (ReanalysisChanges, error) {
	var one ReanalysisChanges
	err := c.call(ctx, http.MethodGet, path("/reanalyses", id), nil, &one)
	return one, err
}

// StartReanalysis judges what a search holds anew, in the background.
func (c *Client) StartReanalysis(ctx context.Context, d ReanalysisDraft) (Reanalysis, error) {
	var one Reanalysis
	err := c.call(ctx, http.MethodPost, "/reanalyses", d, &one)
	return one, err
}

// TryReanalysis says what judging what a search holds anew would change.
func (c *Client) TryReanalysis(ctx context.Context, d ReanalysisDraft) (ReanalysisTrial, error) {
	var trial ReanalysisTrial
	err := c.call(ctx, http.MethodPost, "/reanalyses/try", d, &trial)
	return trial, err
}

// SteerReanalysis pauses, resumes, cancels or undoes one.
func (c *Client) SteerReanalysis(ctx context.Context, id int64, step string) (Reanalysis, error) {
	var one Reanalysis
	err := c.call(ctx, http.MethodPost, path("/reanalyses", id)+"/steer", ReanalysisStep{Step: step}, &one)
	return one, err
}
