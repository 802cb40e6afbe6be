package backup

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"hearth"
	"hearth/access"
)

// Series is backups that are made again and again in one directory, each in one
// of its own there, named by its time in UTC.
type Series struct {
	Directory  string   `json:"directory"`            // from the root on
	Keep       int      `json:"keep"`                 // how many stay
	Recipients []string `json:"recipients,omitempty"` // see Request
}

const (
	mostKept   = 1000
	seriesName = "hearth-20060102-150405"
)

var ofSeries = regexp.MustCompile(`^hearth-\d{8}-\d{6}$`)

// Check says what is wrong with a series, before the first backup.
func (s *Series) Check() error {
	if !filepath.IsAbs(s.Directory) || filepath.Clean(s.Directory) != s.Directory {
		return &hearth.Error{Code: hearth.Invalid, Field: "directory", Message: "Name the directory for the backups from the root on, such as /backup."}
	}
	if s.Keep < 1 || s.Keep > mostKept {
		return &hearth.Error{Code: hearth.Invalid, Field: "keep", Message: fmt.Sprintf("Keep 1 to %d backups.", mostKept)}
	}
	_, err := recipients(s.Recipients)
	return err
}

// Made is what Next has done.
type Made struct {
	Directory string   // of the backup
	Manifest  Manifest // of it
	Removed   []string // directories of older ones
	Trouble   error    // why older ones could not be removed
}

// Next makes the next backup of a series. When it was read again and found
// sound, older ones beyond Keep are removed; other things in the directory are
// left alone. Whoever calls it has checked that it may be done. progress may be
// nil.
func (b *Backups) Next(ctx context.Context, s Series, progress func(Progress)) (Made, error) {
	made := Made{Directory: filepath.Join(s.Directory, b.o.Clock().UTC().Format(seriesName))}
	if err := s.Check(); err != nil {
		return made, err
	}
	if _, err := b.make(ctx, access.LocalOwner(hearth.DefaultWorkspace), Request{Directory: made.Directory, Recipients: s.Recipients}, progress); err != nil {
		return made, err
	}
	var err error
	if made.Manifest, err = Verify(ctx, made.Directory, nil, progress); err != nil {
		return made, fmt.Errorf("reading the new backup: %w", err)
	}
	made.Removed, made.Trouble = s.prune()
	return made, nil
}

// prune removes the oldest backups of a series, but the newest ones to be kept.
func (s *Series) prune() (removed []string, err error) {
	entries, err := os.ReadDir(s.Directory)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() && ofSeries.MatchString(e.Name()) {
			names = append(names, e.Name())
		}
	}
	slices.SortFunc(names, func(a, b string) int { return strings.Compare(b, a) })
	var errs []error
	for _, name := range names[min(s.Keep, len(names)):] {
		dir := filepath.Join(s.Directory, name)
		if _, err := Read(dir); err != nil { // none of ours, or not what it was
			errs = append(errs, err)
			continue
		}
		if err := discard(dir); err != nil {
			errs = append(errs, err)
			continue
		}
		removed = append(removed, dir)
	}
	return removed, errors.Join(errs...)
}
