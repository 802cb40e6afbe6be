// Command count reads the events of `go test -json` and prints what a person
// wants of them: a line for each package, why how many tests were skipped, the
// output of what failed (where it failed, and its end again at the end), and
// how many tests passed, failed and were skipped.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
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
	var ends []string       // of what failed
	why := map[string]int{} // tests skipped, by package and reason
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
				ends = append(ends, end(said))
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
				why[e.Package+": "+reason(output[name])]++
			}
			delete(output, name)
		case "build-fail":
			fmt.Print(strings.Join(output[name], ""))
			failed++
		}
	}
	for _, of := range slices.Sorted(maps.Keys(why)) {
		fmt.Printf("skip  %d × %s\n", why[of], of)
	}
	for _, e := range ends {
		fmt.Print(e)
	}
	fmt.Printf("%d passed, %d failed, %d skipped\n", passed, failed, skipped)
}

// reason is what a skipped test said, without the lines of the runner.
func reason(output []string) string {
	var said []string
	for _, line := range output {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "===") && !strings.HasPrefix(line, "---") {
			said = append(said, line)
		}
	}
	return strings.Join(said, " ")
}

// end is the last lines of what somebody said.
func end(said string) string {
	const lines = 40
	all := strings.SplitAfter(said, "\n")
	return strings.Join(all[max(0, len(all)-lines-1):], "")
}
