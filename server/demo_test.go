package server_test

import (
	"bytes"
	"context"
	"strings"
	"sync/atomic"
	"testing"

	"hearth/cli"
	"hearth/client"
	"hearth/server"
)

// The demo's history goes through the real wire, the real archive and the real
// counts, and gives exactly the numbers that the world is known for. (The whole
// sixty days are those of cmd/hearth, with the real program.)
func TestTheDemoGivesTheNumbersOfItsSeed(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	err := server.Demo(t.Context(), configIn(t.TempDir()), cli.DemoOptions{Directory: "given", Seed: 1, Days: 14, Fast: true, Out: &out})
	if err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	for _, name := range []string{"Kaffora", "Kaffora Go, the app", "Kaffora Home", "Kaffora Beans", "Brightbean, the rival"} {
		if !strings.Contains(out.String(), "  "+name+"  as it must be\n") {
			t.Errorf("the demo does not give the known numbers of %s:\n%s", name, &out)
		}
	}
}

// Run again in the same directory, the world goes on and nothing is doubled.
func TestTheDemoGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	config := configIn(t.TempDir())
	run := func(out *bytes.Buffer) error {
		return server.Demo(t.Context(), config, cli.DemoOptions{Directory: "given", Seed: 1, Days: 5, Fast: true, Out: out})
	}
	var first, second bytes.Buffer
	if err := run(&first); err != nil {
		t.Fatal(err)
	}
	if err := run(&second); err != nil {
		t.Fatalf("%v\n%s", err, &second)
	}
}

func TestTheLiveWorldReachesTheMonitorsAndEndsWhenAsked(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var heard atomic.Int64
	err := server.Demo(ctx, configIn(t.TempDir()), cli.DemoOptions{
		Directory: "given", Seed: 2, Days: 2,
		Heard: func(monitor string, hit *client.Hit) {
			if monitor == "" || hit.Post.Text == "" || len(hit.Monitors) == 0 {
				t.Errorf("heard %q %+v", monitor, hit)
			}
			heard.Add(1)
			stop()
		},
	})
	if err != nil {
		t.Error(err)
	}
	if heard.Load() == 0 {
		t.Error("nothing was heard")
	}
}
