package client

import (
	"context"
	"net/http"
	"strconv"
	"time"
)

// CheckDraft asks for a check.
type CheckDraft struct {
	Monitor int64  `json:"monitor" minimum:"1"`
	Field   string `json:"field" enum:"lang,sentiment,intent,spam" doc:"What of the posts is judged"`
}

// Check is posts of a monitor, drawn by chance to be judged.
type Check struct {
	ID      int64       `json:"id"`
	Monitor int64       `json:"monitor"`
	Field   string      `json:"field" enum:"lang,sentiment,intent,spam"`
	Of      int64       `json:"of" doc:"Posts that it was drawn from: of the last 90 days"`
	By      int64       `json:"by,omitempty" doc:"The user who began it"`
	Begun   time.Time   `json:"begun"`
	Posts   []DrawnPost `json:"posts" nullable:"false"`
}

// DrawnPost is a post of a check.
type DrawnPost struct {
	Place int     `json:"place"`
	Key   PostKey `json:"key"`
	Text  string  `json:"text,omitempty" doc:"None if the post is not there any more"`

	Machine string `json:"machine,omitempty" doc:"What the analysis said; none: nothing"`
	Answer  string `json:"answer,omitempty" doc:"What a person says; ? is something else than the analysis; none: nothing yet"`
	By      int64  `json:"by,omitempty"`
}

// CheckAnswer says what a post of a check is.
type CheckAnswer struct {
	Place  int    `json:"place" minimum:"1" maximum:"20"`
	Answer string `json:"answer,omitempty" maxLength:"100" doc:"In the words of a correction; ? where the analysis is wrong and nobody says what is right; none takes the answer back"`
}

// Accuracy is how often the analysis was right about one field of a monitor's posts.
type Accuracy struct {
	Field     string  `json:"field" enum:"lang,sentiment,intent,spam"`
	Judged    int64   `json:"judged" doc:"Posts drawn by chance in the last 90 days and judged by people"`
	Right     float64 `json:"right" doc:"The share on which the analysis was right"`
	Low       float64 `json:"low" doc:"Of the 95 % interval by Wilson"`
	High      float64 `json:"high"`
	Silent    int64   `json:"silent" doc:"Of those drawn, posts on which the analysis said nothing; no part of the share"`
	Check     int64   `json:"check,omitempty" doc:"The newest check"`
	Open      int     `json:"open" doc:"Posts of it that nobody has judged"`
	Corrected int64   `json:"corrected" doc:"Posts that people corrected. No fair sample: people correct what is wrong"`
	Of        int64   `json:"of" doc:"Posts of the monitor"`
}

// AccuracyList is the fields of a monitor.
type AccuracyList struct {
	Fields []Accuracy `json:"fields" nullable:"false"`
}

// StartCheck draws posts of a monitor by chance.
func (c *Client) StartCheck(ctx context.Context, d CheckDraft) (Check, error) {
	var check Check
	err := c.call(ctx, http.MethodPost, "/checks", d, &check)
	return check, err
}

// Check gives a check and its posts.
func (c *Client) Check(ctx context.Context, id int64) (Check, error) {
	var check Check
	err := c.call(ctx, http.MethodGet, path("/checks", id), nil, &check)
	return check, err
}

// AnswerCheck says what a post of a check is.
func (c *Client) AnswerCheck(ctx context.Context, id int64, a CheckAnswer) (Check, error) {
	var check Check
	err := c.call(ctx, http.MethodPost, path("/checks", id)+"/answer", a, &check)
	return check, err
}

// Accuracy says how often the analysis was right about a monitor's posts.
func (c *Client) Accuracy(ctx context.Context, monitor int64) ([]Accuracy, error) {
	var list AccuracyList
	err := c.call(ctx, http.MethodGet, "/accuracy?monitor="+strconv.FormatInt(monitor, 10), nil, &list)
	return list.Fields, err
}
