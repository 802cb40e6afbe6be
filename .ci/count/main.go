// Command count reads the events of `go test -json` and prints what a person
// wants of them: the output of what failed, why something was skipped, a line
// for each package, and at the end how many tests passed, failed and were
// skipped.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

// event is one line of `go test -json` (see go doc test2json).
type event struct {
	Action, Package, Test, Output, ImportPath string
	Elapsed                                   float64
}

func main() {
	output := map[string][]string{}
	var passed, failed, skipped int
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			fmt.Println(lines.Text())
			continue
		}
		name := e.Package + e.ImportPath + " " + e.Test
		switch e.Action {
		case "output", "build-output":
			output[name] = append(output[name], e.Output)
		case "pass", "fail", "skip":
			// The report of a race stands with whatever test spoke last, which
			// need not be one that it makes fail.
			if said := strings.Join(output[name], ""); e.Action == "fail" || strings.Contains(said, "WARNING: DATA RACE") {
				fmt.Print(said)
			}
			if e.Test == "" {
				fmt.Printf("%-5s %s %.1fs\n", e.Action, e.Package, e.Elapsed)
				break
			}
			switch e.Action {
			case "pass":
				passed++
			case "fail":
				failed++
			case "skip":
				skipped++
				fmt.Printf("skip  %s: %s\n", name, strings.TrimSpace(strings.Join(output[name], " ")))
			}
			delete(output, name)
		case "build-fail":
			fmt.Print(strings.Join(output[name], ""))
			failed++
		}
	}
	fmt.Printf("%d passed, %d failed, %d skipped\n", passed, failed, skipped)
}
