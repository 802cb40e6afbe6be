package ingest_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"hearth/db/dbtest"
	"hearth/ingest"
	"hearth/network/webhook"
)

// hookChild takes deliveries and reads them until it is killed. It says where.
func hookChild(ctx context.Context, sources *ingest.Sources) error {
	if list, err := sources.List(ctx, owner); err != nil || len(list) == 0 {
		if _, err := sources.Add(ctx, owner, ingest.Draft{Network: "webhook", Settings: map[string]string{"secret": hookSecret, "network": "shop"}}); err != nil {
			return err
		}
	}
	st, err := sources.StatusOf(ctx, owner, 1)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Printf("ready http://%s%s\n", listener.Addr(), st.Deliveries.Path)
	go http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := sources.Deliver(r.Context(), strings.TrimPrefix(r.URL.Path, ingest.InPath), r.Header, r.Body); err != nil {
			w.WriteHeader(http.StatusServiceUnavailable)
			fmt.Fprintln(w, err)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	}))
	return sources.Run(ctx)
}

// proves WHI3, I24, F2 between the answer and the reading: what was acknowledged
// is there after a kill, each once.
func TestKillingTheProcessBetweenAcknowledgingAndReadingLosesNothing(t *testing.T) {
	t.Parallel()
	dir, dice := dbtest.Home(t), rand.New(rand.NewPCG(5, 6))
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	acked := map[string]bool{} // the texts
	sent := 0
	for range dbtest.KillRounds(4) {
		cmd := exec.Command(binary)
		cmd.Env = append(os.Environ(), childEnv+"=hook", "HEARTH_INGEST_DIR="+dir)
		cmd.Stderr = os.Stderr
		if _, err := cmd.StdinPipe(); err != nil { // it ends with this process
			t.Fatal(err)
		}
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		line, err := bufio.NewReader(out).ReadString('\n')
		address, ok := strings.CutPrefix(strings.TrimSpace(line), "ready ")
		if err != nil || !ok {
			t.Fatalf("the child says %q, %v", line, err)
		}
		sender := senderOf(t)
		sender.Address, sender.Client = address, &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 32}}
		stop := make(chan struct{})
		var senders sync.WaitGroup
		first := make(chan struct{}, 1)
		for range 16 {
			senders.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
					}
					mu.Lock()
					sent++
					text := fmt.Sprintf("pie %d", sent)
					mu.Unlock()
					status, err := sender.Do(context.Background(), text, "application/json", fmt.Sprintf(`{"id":"%s","text":"%s"}`, text, text), 0)
					if err == nil && status == http.StatusNoContent {
						mu.Lock()
						acked[text] = true
						mu.Unlock()
						select {
						case first <- struct{}{}:
						default:
						}
					}
				}
			})
		}
		select {
		case <-first:
		case <-time.After(time.Minute):
			t.Error("nothing was acknowledged")
		}
		<-time.After(time.Duration(dice.IntN(150)) * time.Millisecond)
		cmd.Process.Kill()
		close(stop)
		senders.Wait()
		io.Copy(io.Discard, out)
		cmd.Wait()
		sender.Client.CloseIdleConnections()
	}
	h := open(t, dir)
	h.listen("pie")
	w := &world{house: h, sources: ingest.NewSources(hookOptions(t, h, webhook.Network()))}
	unread := w.status(t, 1).Deliveries.Waiting
	w.run(t)
	within(t, time.Minute, "everything is read", func() bool { return w.status(t, 1).Deliveries.Waiting == 0 })
	w.stop()
	seen := map[string]int{}
	for _, text := range h.texts() {
		seen[text]++
	}
	for text := range acked {
		if seen[text] != 1 {
			t.Errorf("%q was acknowledged and is there %d times", text, seen[text])
		}
	}
	for text, n := range seen {
		if n != 1 {
			t.Errorf("%q is there %d times", text, n)
		}
	}
	c := w.status(t, 1).Progress.Counters
	h.balanced(c)
	if int(c.Frames) != len(seen) || c.Rejects != 0 {
		t.Errorf("counters %+v for %d posts", c, len(seen))
	}
	if len(acked) < 10 {
		t.Errorf("only %d were acknowledged: nothing is proved", len(acked))
	}
	t.Logf("%d acknowledged, %d stored, %d of them not read when the last was killed", len(acked), len(seen), unread)
}
