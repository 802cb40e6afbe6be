package docs_test

import (
	"fmt"
	"strings"
	"testing"

	"hearth/access"
)

// TestTheTableOfRolesIsTheOneThatHolds compares the page with the code.
func TestTheTableOfRolesIsTheOneThatHolds(t *testing.T) {
	t.Parallel()
	page := read(t, "access.md")
	title := "| permission | what it allows |"
	for _, r := range access.Roles() {
		title += fmt.Sprintf(" %s |", r)
	}
	if !strings.Contains(page, title+"\n") {
		t.Errorf("access.md lacks the line %s", title)
	}
	for _, g := range access.Grants() {
		line := fmt.Sprintf("| `%s` | %s |", g.Permission, g.Means)
		for _, r := range access.Roles() {
			if r.May(g.Permission) {
				line += " yes |"
			} else {
				line += " |"
			}
		}
		if !strings.Contains(page, line+"\n") {
			t.Errorf("access.md lacks the line %s", line)
		}
	}
}
