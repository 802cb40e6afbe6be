package client

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"time"
)

// Upload is a file that waits to be imported.
type Upload struct {
	ID     string    `json:"id" doc:"Of the content; also of the import that it becomes"`
	Name   string    `json:"name,omitempty"`
	Format string    `json:"format"`
	Size   int64     `json:"size" doc:"In bytes"`
	Sent   time.Time `json:"sent"`
	Check  *Job      `json:"check,omitempty" doc:"The job that looks it through"`
	Survey *Survey   `json:"survey,omitempty" doc:"What it found; missing: it is not done"`
	Import *Job      `json:"import,omitempty" doc:"The job that brings it in; missing: nobody has asked yet"`
}

// Survey is what a file holds.
type Survey struct {
	Records int64          `json:"records"`
	Posts   int64          `json:"posts" doc:"Records that can be imported"`
	Bad     int64          `json:"bad" doc:"Records that cannot be read"`
	Reasons []ImportReason `json:"reasons,omitempty" doc:"Why, the most frequent first"`
	Rejects []SurveyReject `json:"rejects,omitempty" doc:"The first of these"`
	Samples []SurveySample `json:"samples,omitempty" doc:"The first posts"`
}

// SurveyReject is a record that cannot be read.
type SurveyReject struct {
	Row    int64  `json:"row"`
	Reason string `json:"reason"`
	Raw    string `json:"raw,omitempty" doc:"Its beginning"`
}

// SurveySample is a post as it would be stored.
type SurveySample struct {
	Row       int64     `json:"row"`
	Network   string    `json:"network"`
	Author    string    `json:"author"`
	Text      string    `json:"text" doc:"Its beginning"`
	Published time.Time `json:"published"`
}

// UploadList is the files of a workspace that wait, the newest first.
type UploadList struct {
	Uploads []Upload `json:"uploads" nullable:"false"`
}

// SendUpload sends a file of posts to be looked through; ImportUpload imports
// it. Of the options ID and AcceptBad are not used.
func (c *Client) SendUpload(ctx context.Context, file io.Reader, o ImportOptions) (Upload, error) {
	var up Upload
	ask := url.Values{}
	for name, value := range map[string]string{"name": o.Name, "format": o.Format} {
		if value != "" {
			ask.Set(name, value)
		}
	}
	for name, value := range o.Settings {
		ask.Add("set", name+"="+value)
	}
	answer, err := c.send(ctx, http.MethodPost, "/uploads?"+ask.Encode(), file, "application/octet-stream")
	if err != nil {
		return up, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	if err != nil {
		return up, c.broken(ctx, err)
	}
	return up, unmarshal(body, &up)
}

// Uploads lists the files that wait.
func (c *Client) Uploads(ctx context.Context) ([]Upload, error) {
	var list UploadList
	err := c.call(ctx, http.MethodGet, "/uploads", nil, &list)
	return list.Uploads, err
}

// Upload gives one file that waits.
func (c *Client) Upload(ctx context.Context, id string) (Upload, error) {
	var up Upload
	err := c.call(ctx, http.MethodGet, "/uploads/"+url.PathEscape(id), nil, &up)
	return up, err
}

// ImportUpload has a file that waits imported. With acceptBad it goes on however
// many records cannot be read.
func (c *Client) ImportUpload(ctx context.Context, id string, acceptBad bool) (Upload, error) {
	var up Upload
	path := "/uploads/" + url.PathEscape(id) + "/import"
	if acceptBad {
		path += "?accept_bad=true"
	}
	err := c.call(ctx, http.MethodPost, path, nil, &up)
	return up, err
}

// RemoveUpload forgets a file that waits.
func (c *Client) RemoveUpload(ctx context.Context, id string) error {
	return c.call(ctx, http.MethodDelete, "/uploads/"+url.PathEscape(id), nil, nil)
}
