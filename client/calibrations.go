package client

import (
	"context"
	"net/http"
	"time"
)

// Calibration is a version of what the workspace's people taught the analysis.
type Calibration struct {
	Version int64     `json:"version"`
	At      time.Time `json:"at"`
	By      int64     `json:"by,omitempty" doc:"Who made it; none: it was made by night"`
	On      bool      `json:"on" doc:"Whether it holds for what arrives"`
	Answers int64     `json:"answers" doc:"Posts drawn by chance and judged that it is made of"`

	RightBefore int64 `json:"right_before" doc:"Of these, those that the shared model has right"`
	RightAfter  int64 `json:"right_after" doc:"And those that it has right which did not see them (5-fold cross-validation)"`

	Looked int64           `json:"looked" doc:"Newest posts that it was tried on"`
	Moves  []SentimentMove `json:"moves" nullable:"false" doc:"What becomes of some of them"`
}

// SentimentMove is that so many posts get another sentiment.
type SentimentMove struct {
	From  string `json:"from" enum:"negative,neutral,positive"`
	To    string `json:"to" enum:"negative,neutral,positive"`
	Posts int64  `json:"posts"`
}

// CalibrationList is the versions, the newest first.
type CalibrationList struct {
	Calibrations []Calibration `json:"calibrations" nullable:"false"`
}

// CalibrationSwitch says which version is to hold.
type CalibrationSwitch struct {
	Version int64 `json:"version" minimum:"0" doc:"0: none, the shared models alone"`
}

// Calibrations lists what the workspace's people taught the analysis.
func (c *Client) Calibrations(ctx context.Context) ([]Calibration, error) {
	var list CalibrationList
	err := c.call(ctx, http.MethodGet, "/calibrations", nil, &list)
	return list.Calibrations, err
}

// FitCalibration makes a version of what people have said by now.
func (c *Client) FitCalibration(ctx context.Context) (Calibration, error) {
	var one Calibration
	err := c.call(ctx, http.MethodPost, "/calibrations", nil, &one)
	return one, err
}

// SwitchCalibration has a version hold for what arrives from now on.
func (c *Client) SwitchCalibration(ctx context.Context, version int64) error {
	return c.call(ctx, http.MethodPost, "/calibrations/switch", CalibrationSwitch{Version: version}, nil)
}
