// Package corpus reads the public data sets that the analyzers are trained on
// and measured with. They lie beside the repository, in ../shared/data, and are
// never copied into it; only the trainers and tests import this package.
//
// Reading evens out what differs between sets and would teach a model the set
// instead of the language: HTML entities, placeholders for addresses and
// people, mojibake-free UTF-8. It does not tokenise and does not fold.
package corpus

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"html"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Row is one labelled text.
type Row struct {
	ID    string `json:"id"`
	Text  string `json:"text"`
	Label string `json:"label"`
	Lang  string `json:"lang"`
	Split string `json:"split"`

	Domain   string `json:"domain"`
	Category string `json:"category"`
	Conflict bool   `json:"conflict"`
	Aspect   string `json:"aspect"`
	Target   string `json:"target"`
	Video    string `json:"video"`
}

// ErrAbsent says that the data sets are not on this machine. Tests skip on it.
var ErrAbsent = errors.New("the data sets are not here: ../shared/data does not lie beside the repository")

// Dir is the folder of the data sets, found from the working directory upwards.
func Dir() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		data := filepath.Join(dir, "..", "shared", "data")
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			if _, err := os.Stat(data); err == nil {
				return data, nil
			}
			return "", ErrAbsent
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", ErrAbsent
		}
		dir = parent
	}
}

// Path is the place of one file of the data sets, such as
// "lid/liga-tweets.jsonl.gz". Its error is ErrAbsent if it is not there.
func Path(name string) (string, error) {
	dir, err := Dir()
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, filepath.FromSlash(name))
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("%s: %w", name, ErrAbsent)
	}
	return path, nil
}

// Read is every row of a JSON-lines file of the data sets, in the order of the
// file, with its text cleaned.
func Read(name string) ([]Row, error) {
	path, err := Path(name)
	if err != nil {
		return nil, err
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	plain, err := gzip.NewReader(file)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	var rows []Row
	lines := bufio.NewScanner(plain)
	lines.Buffer(nil, 1<<22)
	for lines.Scan() {
		var row Row
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			return nil, fmt.Errorf("reading %s, row %d: %w", name, len(rows)+1, err)
		}
		row.Text = Clean(row.Text)
		rows = append(rows, row)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	return rows, nil
}

var (
	placeholderLink = regexp.MustCompile(`(?i)\{link\}|\[link\]|\bhttps?\b(\s*:\s*//\S*)?`)
	placeholderUser = regexp.MustCompile(`(?i)@user\b|@mention\b|@username\b|<user>`)
	placeholderMail = regexp.MustCompile(`__email__|__phone__`)
)

// Clean decodes HTML entities (some sets hold them twice encoded) and replaces
// each set's placeholders by an address or a handle as a post would have it.
func Clean(s string) string {
	if strings.Contains(s, "&") {
		s = html.UnescapeString(html.UnescapeString(s))
	}
	s = placeholderLink.ReplaceAllString(s, "https://t.co/x")
	s = placeholderUser.ReplaceAllString(s, "@user")
	s = placeholderMail.ReplaceAllString(s, "")
	return s
}

// Bucket puts a text into one of n parts, the same for every copy of it that
// differs in case and white space only, so that copies never lie on both sides
// of a split.
func Bucket(s string, n uint32) uint32 {
	h := fnv.New32a()
	for _, word := range strings.Fields(strings.ToLower(s)) {
		h.Write([]byte(word))
		h.Write([]byte{' '})
	}
	return h.Sum32() % n
}

// Distinct is rows without those whose text came before.
func Distinct(rows []Row) []Row {
	seen := make(map[string]bool, len(rows))
	kept := rows[:0:0]
	for _, row := range rows {
		key := strings.Join(strings.Fields(strings.ToLower(row.Text)), " ")
		if !seen[key] {
			seen[key] = true
			kept = append(kept, row)
		}
	}
	return kept
}
