package client

import (
	"context"
	"io"
)

// BackupRequest says where a backup goes.
type BackupRequest struct {
	Directory  string   `json:"directory" minLength:"1" maxLength:"4000" doc:"It is made, on the machine of the server; from the root on"`
	Recipients []string `json:"recipients,omitempty" maxItems:"20" doc:"age public keys that the backup is encrypted to; none: it is not encrypted"`
}

// BackupProgress is how far a backup is, and at the end (Finished) what it is.
type BackupProgress struct {
	Doing    string `json:"doing,omitempty"`
	Done     int64  `json:"done,omitempty" doc:"Bytes of what is done now"`
	Total    int64  `json:"total,omitempty" doc:"About"`
	Finished bool   `json:"finished"`

	Directory string `json:"directory,omitempty"`
	Bytes     int64  `json:"bytes,omitempty" doc:"Of the whole backup"`
	Rows      int64  `json:"rows,omitempty" doc:"Of the log"`
	Encrypted bool   `json:"encrypted,omitempty"`
}

// Backup makes a backup of a running installation, reads it again and gives
// what it is. Nothing is left of one that fails. progress may be nil.
func (c *Client) Backup(ctx context.Context, r BackupRequest, progress func(BackupProgress)) (BackupProgress, error) {
	var last BackupProgress
	body, err := c.stream(ctx, "/backups", r)
	if err != nil {
		return last, err
	}
	defer body.Close()
	err = eachLine(body, func(line []byte) error {
		last = BackupProgress{}
		if err := unmarshal(line, &last); err != nil {
			return err
		}
		if progress != nil && !last.Finished {
			progress(last)
		}
		return nil
	})
	if err == nil && !last.Finished {
		err = c.broken(ctx, io.ErrUnexpectedEOF)
	}
	return last, err
}
