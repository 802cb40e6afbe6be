package docs_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"hearth/analysis/standard"
)

// TestFiguresAreOfTheModelsInTheProgram makes whoever changes a model measure
// it again for the manual.
func TestFiguresAreOfTheModelsInTheProgram(t *testing.T) {
	t.Parallel()
	page := read(t, "models.md")
	analyzers := standard.Analyzers()
	if len(analyzers) == 0 {
		t.Fatal("no analyzers are found")
	}
	for _, a := range analyzers {
		size := int64(0)
		files, _ := filepath.Glob("../analysis/" + a.Name + "/*.bin")
		for _, file := range files {
			info, err := os.Stat(file)
			if err != nil {
				t.Fatal(err)
			}
			size += info.Size()
		}
		want := fmt.Sprintf("| %s | %.1f MB | %d |", a.Name, float64(size)/1e6, a.Version)
		if !strings.Contains(page, want) {
			t.Errorf("models.md does not say %q: measure the model again and write down the figures", want)
		}
	}
}

// TestEveryDataSetIsNamedWithItsLicence reads the programs that train.
func TestEveryDataSetIsNamedWithItsLicence(t *testing.T) {
	t.Parallel()
	page := read(t, "models.md")
	programs, _ := filepath.Glob("../analysis/*/train/*.go")
	found := 0
	for _, file := range programs {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, set := range regexp.MustCompile(`"[a-z-]+/([a-zA-Z0-9_-]+)\.[a-z.]*gz"`).FindAllStringSubmatch(string(source), -1) {
			found++
			if !strings.Contains(page, "`"+set[1]+"`") {
				t.Errorf("models.md does not name %s, which %s reads", set[1], file)
			}
		}
	}
	if found < 20 {
		t.Fatalf("only %d data sets are found", found)
	}
}
