package client

import (
	"context"
	"net/http"
)

// LetterError is how many dead letters of a source have an error in common.
type LetterError struct {
	Error  string `json:"error" doc:"Give it as error to mean these letters"`
	Reason string `json:"reason" doc:"Of the newest of them"`
	Count  int64  `json:"count"`
}

// LetterErrorList is the errors of a source's dead letters.
type LetterErrorList struct {
	Errors []LetterError `json:"errors" nullable:"false"`
}

// LetterTask says what is done with which dead letters of a source.
type LetterTask struct {
	Act   string `json:"act" enum:"replay,dismiss,restore" doc:"Read again, put aside, or bring back what a run has put aside"`
	Error string `json:"error,omitempty" maxLength:"1000" doc:"Those with this error only"`
	Run   int64  `json:"run,omitempty" minimum:"0" doc:"The job of the run whose letters are brought back"`
}

// LetterRun is a run over many dead letters and how far it is. Its job can be
// cancelled like any other.
type LetterRun struct {
	Job     Job           `json:"job"`
	Act     string        `json:"act"`
	Error   string        `json:"error,omitempty"`
	Run     int64         `json:"run,omitempty"`
	Letters int64         `json:"letters" doc:"How many there were when it began"`
	Done    int64         `json:"done" doc:"Read, dismissed or brought back; once the job is done"`
	Failed  int64         `json:"failed" doc:"Those that stay"`
	Reasons []LetterFault `json:"reasons,omitempty" doc:"Why they failed"`
}

// LetterFault is one reason why letters could not be read again.
type LetterFault struct {
	Reason string  `json:"reason"`
	Count  int64   `json:"count"`
	First  []int64 `json:"first" nullable:"false" doc:"Numbers of the first letters"`
}

// LetterRunList is the runs over a source's dead letters, the newest first.
type LetterRunList struct {
	Runs []LetterRun `json:"runs" nullable:"false"`
}

// LetterErrors gives what is wrong with the dead letters of a source, the most
// frequent first.
func (c *Client) LetterErrors(ctx context.Context, source int64) ([]LetterError, error) {
	var list LetterErrorList
	err := c.call(ctx, http.MethodGet, path("/sources", source)+"/letter-errors", nil, &list)
	return list.Errors, err
}

// StartLetterRun reads again, dismisses or brings back many dead letters of a
// source, in a job.
func (c *Client) StartLetterRun(ctx context.Context, source int64, t LetterTask) (LetterRun, error) {
	var run LetterRun
	err := c.call(ctx, http.MethodPost, path("/sources", source)+"/letter-runs", t, &run)
	return run, err
}

// LetterRuns lists the last runs over the dead letters of a source.
func (c *Client) LetterRuns(ctx context.Context, source int64) ([]LetterRun, error) {
	var list LetterRunList
	err := c.call(ctx, http.MethodGet, path("/sources", source)+"/letter-runs", nil, &list)
	return list.Runs, err
}
