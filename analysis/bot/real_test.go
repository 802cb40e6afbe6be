package bot

import (
	"compress/gzip"
	"encoding/csv"
	"errors"
	"io"
	"maps"
	"os"
	"strconv"
	"testing"
	"time"
)

// proves M8 on real accounts: of those that wrote about an election (Facebook pages and
// Twitter accounts, times to the second, no texts), by when they write and where their
// links lead. Nobody knows which of them are automated; hardly any may be called so. The
// figures are in docs/bots.md.
func TestRealAccountsAreHardlyCalledBots(t *testing.T) {
	file, err := os.Open("../../../shared/data/network/german-elections-2021-posts.csv.gz")
	if err != nil {
		t.Skip("needs ../shared/data/network/german-elections-2021-posts.csv.gz, which is not here")
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := csv.NewReader(unzipped)
	if _, err := lines.Read(); err != nil {
		t.Fatal(err)
	}
	accounts := map[string][]Seen{}
	until := time.Unix(1632700745, 0) // the last post
	for {
		line, err := lines.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		seconds, err := strconv.ParseInt(line[6], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		if at := time.Unix(seconds, 0); until.Sub(at) <= 28*24*time.Hour {
			accounts[line[0]] = append(accounts[line[0]], Seen{At: at, Host: line[4]})
		}
	}
	bands := map[Band]int{}
	for name, seen := range accounts {
		v := judged(Account{}, seen)
		if v.Posts < enoughPosts {
			continue
		}
		bands[v.Band]++
		if v.Band == Likely {
			t.Errorf("%s is called likely:\n%s", name, words(v))
		}
	}
	if want := (map[Band]int{Possible: 16, Unlikely: 1002}); !maps.Equal(bands, want) {
		t.Errorf("the accounts of 20 posts and more are %v, not %v", bands, want)
	}
}
