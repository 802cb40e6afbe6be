// Package docs_test keeps the manual true: it asks the language, the command
// line and the settings whether what the pages say still holds.
package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// fence is a block of a page between ``` and ```.
type fence struct {
	page  string
	line  int      // of the opening fence, from 1
	info  []string // the words behind ```
	lines []string
}

// fences are the blocks of a page, in order.
func fences(t *testing.T, page string) (list []fence) {
	t.Helper()
	var open *fence
	for i, line := range strings.Split(read(t, page), "\n") {
		info, is := strings.CutPrefix(line, "```")
		switch {
		case is && open == nil:
			open = &fence{page: page, line: i + 1, info: strings.Fields(info)}
		case is:
			list = append(list, *open)
			open = nil
		case open != nil:
			open.lines = append(open.lines, line)
		}
	}
	if open != nil {
		t.Fatalf("%s:%d: the block is never closed", page, open.line)
	}
	return list
}

func read(t *testing.T, page string) string {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func pages(t *testing.T) []string {
	t.Helper()
	list, err := filepath.Glob("*.md")
	if err != nil || len(list) == 0 {
		t.Fatalf("no pages are found: %v", err)
	}
	return list
}

var (
	link   = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	drop   = regexp.MustCompile("[^a-z0-9 _-]")
	spaces = strings.NewReplacer(" ", "-")
)

// anchors are the names under which the headings of a page can be linked to.
func anchors(t *testing.T, page string) map[string]bool {
	names := map[string]bool{}
	inside := false
	for _, line := range strings.Split(read(t, page), "\n") {
		if strings.HasPrefix(line, "```") {
			inside = !inside
		}
		if title := strings.TrimLeft(line, "#"); !inside && title != line {
			title = strings.ToLower(strings.TrimSpace(title))
			names[spaces.Replace(drop.ReplaceAllString(title, ""))] = true
		}
	}
	return names
}

func TestEveryLinkLeadsSomewhere(t *testing.T) {
	t.Parallel()
	for _, page := range pages(t) {
		for _, found := range link.FindAllStringSubmatch(read(t, page), -1) {
			target, anchor, _ := strings.Cut(found[1], "#")
			if strings.Contains(target, "://") {
				continue
			}
			if target == "" {
				target = page
			}
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s links to %s, which is not there", page, found[1])
				continue
			}
			if anchor != "" && !anchors(t, target)[anchor] {
				t.Errorf("%s links to %s, which has no such heading", page, found[1])
			}
		}
	}
}

func TestEveryPageIsInTheIndex(t *testing.T) {
	t.Parallel()
	index := read(t, "README.md")
	for _, page := range pages(t) {
		if page != "README.md" && !strings.Contains(index, "]("+page) {
			t.Errorf("README.md does not link to %s", page)
		}
	}
}
