package ingest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hearth"
	"hearth/access"
	"hearth/db"
	"hearth/db/dbtest"
	"hearth/ingest"
	"hearth/network"
	"hearth/network/webhook"
	"hearth/network/webhook/fake"
)

// hooked is sources with a webhook, and a sender that signs for it.
type hooked struct {
	*world
	sender *fake.Sender
	token  string
	made   ingest.Source
}

const hookSecret = "whsec_bm90IGEgc2VjcmV0IGJ1dCBsb25nIGVub3VnaA=="

func newHooked(t *testing.T, h *house, hook network.Network) *hooked {
	t.Helper()
	w := &hooked{world: &world{house: h}}
	w.sources = ingest.NewSources(hookOptions(t, h, hook))
	src, err := w.sources.Add(t.Context(), owner, ingest.Draft{Network: hook.Name, Name: "shop", Settings: map[string]string{"secret": hookSecret, "network": "shop"}})
	if err != nil {
		t.Fatal(err)
	}
	w.made = src
	w.sender = senderOf(t)
	w.token = w.tokenOf(t)
	return w
}

func hookOptions(t testing.TB, h *house, hook network.Network) ingest.Options {
	t.Helper()
	o := h.options()
	o.Networks = []network.Network{hook}
	o.Sealer = sealer(t)
	o.Random = func() float64 { return 0 }
	o.Callbacks = func() ingest.Callbacks { return ingest.Callbacks{Public: "https://hooks.acme.example"} }
	return o
}

func senderOf(t testing.TB) *fake.Sender {
	t.Helper()
	sc, _ := network.SchemeOf("standard")
	return &fake.Sender{Scheme: sc, Secret: []byte("not a secret but long enough"), Clock: hearth.SystemClock}
}

func (w *hooked) tokenOf(t *testing.T) string {
	t.Helper()
	st := w.status(t, 1)
	token, ok := strings.CutPrefix(st.Deliveries.Path, ingest.InPath)
	if !ok || len(token) < 22 {
		t.Fatalf("the path is %q", st.Deliveries.Path)
	}
	return token
}

func (w *hooked) send(ctx context.Context, id, body string, fault fake.Fault) error {
	h := http.Header{"Content-Type": {"application/json"}}
	sent := w.sender.Headers(h, id, body, fault)
	return w.sources.Deliver(ctx, w.token, h, bytes.NewReader(sent))
}

func (w *hooked) delivered(t *testing.T) *ingest.Deliveries {
	t.Helper()
	return w.status(t, 1).Deliveries
}

func kettle(i int) string { return fmt.Sprintf(`{"id":"r%d","text":"pie %d"}`, i, i) }

func TestDeliveriesAreStoredAcknowledgedAndThenRead(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	h.listen("pie")
	w := newHooked(t, h, webhook.Network())
	if w.made.Made != nil || w.made.Settings["secret"] != ingest.Kept {
		t.Errorf("a secret that was given is shown: %+v", w.made)
	}
	for i := range 20 { // nobody reads them yet
		if err := w.send(t.Context(), fmt.Sprint(i), kettle(i), fake.None); err != nil {
			t.Fatal(err)
		}
	}
	if d := w.delivered(t); d.Waiting != 20 || d.Accepted != 20 || d.WaitingBytes == 0 || d.Last.IsZero() {
		t.Errorf("deliveries %+v", d)
	}
	w.run(t)
	within(t, time.Minute, "what was delivered before is read", func() bool { return len(h.rows()) == 20 })
	if err := w.send(t.Context(), "20", kettle(20), fake.None); err != nil {
		t.Fatal(err)
	}
	within(t, time.Minute, "what is delivered now is read", func() bool { return len(h.rows()) == 21 })
	within(t, time.Minute, "nothing waits", func() bool { return w.delivered(t).Waiting == 0 })
	st := w.status(t, 1)
	if c := st.Progress.Counters; c.Stored != 21 || c.Frames != 21 || st.State != ingest.Listening {
		t.Errorf("%s, counters %+v", st.State, c)
	}
	h.balanced(st.Progress.Counters)
}

// proves WHI2: the same delivery, in any state of reading, has no effect.
func TestADeliveryThatCameBeforeIsAcknowledgedWithoutEffect(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	h.listen("pie")
	w := newHooked(t, h, webhook.Network())
	again := func() {
		t.Helper()
		if err := w.send(t.Context(), "1", kettle(1), fake.None); err != nil {
			t.Fatal(err)
		}
	}
	again()
	again()
	w.run(t)
	within(t, time.Minute, "it is read", func() bool { return w.delivered(t).Waiting == 0 })
	again()
	w.stop()
	w.sources = ingest.NewSources(hookOptions(t, h, webhook.Network())) // the next run of the program
	again()
	if d := w.delivered(t); d.Waiting != 0 || d.Duplicates != 1 || d.Accepted != 0 {
		t.Errorf("deliveries %+v", d)
	}
	if c := w.status(t, 1).Progress.Counters; c.Frames != 1 || len(h.rows()) != 1 {
		t.Errorf("counters %+v", c)
	}
}

func TestADeliveryWithoutAnIDIsKnownByItsBytesForADay(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	var now atomic.Int64
	now.Store(noon.UnixMicro())
	h.clock = func() time.Time { return time.UnixMicro(now.Load()).UTC() }
	w := newHooked(t, h, webhook.Network())
	w.sender.Scheme, _ = network.SchemeOf("hub")
	w.sender.Secret = []byte(hookSecret)
	src, err := w.sources.Change(t.Context(), owner, 1, 1, ingest.Draft{Name: "shop", Settings: map[string]string{"secret": ingest.Kept, "signature": "hub"}})
	if err != nil {
		t.Fatal(err)
	}
	if src.Settings["secret"] != ingest.Kept {
		t.Fatal("the secret was not kept")
	}
	for after, want := range []int64{1, 1, 2, 2} { // in steps of 10 hours
		if after == 2 {
			now.Add((20 * time.Hour).Microseconds())
		}
		if err := w.send(t.Context(), fmt.Sprint(after), kettle(1), fake.None); err != nil {
			t.Fatal(err)
		}
		now.Add((3 * time.Hour).Microseconds())
		if d := w.delivered(t); d.Waiting != want {
			t.Errorf("the %d. time %d wait, want %d", after+1, d.Waiting, want)
		}
	}
}

// proves F20, TK4: refused before anything is parsed; counted by reason.
func TestWhatIsNotSignedAsItMustBeIsRefusedUnread(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	var log bytes.Buffer
	h.log = logTo(&log)
	hook := webhook.Network()
	var parsed atomic.Int64
	read := hook.Webhook.Read
	hook.Webhook.Read = func(s *network.Session, d *network.Delivery, b *network.Batch) {
		parsed.Add(1)
		read(s, d, b)
	}
	w := newHooked(t, h, hook)
	w.run(t)
	const canary = `{"id":"1","text":"canary-7f3a"}`
	for _, fault := range fake.Faults {
		if err := w.send(t.Context(), "1", canary, fault); hearth.ErrorCode(err) != hearth.Denied {
			t.Errorf("%v: %v", fault, err)
		}
	}
	w.sender.Secret = []byte("the secret of another workspace")
	if err := w.send(t.Context(), "1", canary, fake.None); hearth.ErrorCode(err) != hearth.Denied {
		t.Errorf("another workspace's secret: %v", err)
	}
	for _, token := range []string{"", "x", strings.Repeat("A", 43), w.token[:42] + "_", w.token + "A"} {
		if token == w.token {
			continue
		}
		if err := w.sources.Deliver(t.Context(), token, http.Header{}, strings.NewReader("{}")); hearth.ErrorCode(err) != hearth.NotFound {
			t.Errorf("the path %q: %v", token, err)
		}
	}
	d := w.delivered(t)
	var refused int64
	for _, r := range d.Refused {
		refused += r.Count
	}
	if refused != int64(len(fake.Faults)+1) || len(d.Refused) < 4 || d.LastRefused.IsZero() || d.Accepted+d.Waiting != 0 {
		t.Errorf("deliveries %+v", d)
	}
	w.stop()
	if parsed.Load() != 0 {
		t.Errorf("%d deliveries were parsed", parsed.Load())
	}
	if strings.Contains(log.String(), "canary") {
		t.Errorf("the body is in the log: %s", log.String())
	}
}

// proves F20: an endless body is cut off, and memory stays flat.
func TestAnEndlessBodyIsCutOff(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	w := newHooked(t, h, webhook.Network())
	var wg sync.WaitGroup
	var most atomic.Uint64
	for range 40 { // far more than fit into the memory for bodies
		wg.Go(func() {
			body := &endless{}
			err := w.sources.Deliver(t.Context(), w.token, http.Header{}, body)
			if !errors.Is(err, ingest.ErrTooLarge) && !errors.Is(err, ingest.ErrBusy) {
				t.Errorf("an endless body: %v", err)
			}
			if body.read > ingest.MaxDelivery+1 {
				t.Errorf("%d bytes were read", body.read)
			}
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			for {
				old := most.Load()
				if m.HeapInuse <= old || most.CompareAndSwap(old, m.HeapInuse) {
					break
				}
			}
		})
	}
	wg.Wait()
	if most.Load() > 1<<30 {
		t.Errorf("%d MiB were in use", most.Load()>>20)
	}
	if err := w.send(t.Context(), "1", kettle(1), fake.None); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) { e.read += len(p); clear(p); return len(p), nil }

func TestABodyThatBreaksOffIsAskedForAgain(t *testing.T) {
	t.Parallel()
	w := newHooked(t, open(t, dbtest.Home(t)), webhook.Network())
	err := w.sources.Deliver(t.Context(), w.token, http.Header{}, io.MultiReader(strings.NewReader("{"), broken{}))
	if hearth.ErrorCode(err) != hearth.Unavailable {
		t.Error(err)
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// proves F19 in the process
func TestTheSameDeliveryAtOnceAndAfterARestartIsStoredOnce(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	h.listen("pie")
	w := newHooked(t, h, webhook.Network())
	w.run(t)
	for restart := range 2 {
		var wg sync.WaitGroup
		var good atomic.Int64
		for range 150 {
			wg.Go(func() {
				for {
					err := w.send(t.Context(), "1", kettle(1), fake.None)
					if errors.Is(err, ingest.ErrBusy) {
						continue // as senders do
					}
					if err != nil {
						t.Error(err)
						return
					}
					good.Add(1)
					return
				}
			})
		}
		wg.Wait()
		if good.Load() != 150 {
			t.Errorf("%d were acknowledged", good.Load())
		}
		within(t, time.Minute, "it is read", func() bool { return w.delivered(t).Waiting == 0 && len(h.rows()) == 1 })
		if restart == 0 {
			w.stop()
			w.sources = ingest.NewSources(hookOptions(t, h, webhook.Network()))
			w.run(t)
		}
	}
	if c := w.status(t, 1).Progress.Counters; c.Frames != 1 || c.Stored != 1 {
		t.Errorf("counters %+v", c)
	}
}

// proves F24 for deliveries
func TestAPoisonousDeliveryGoesToTheDeadLettersAndTheNextIsRead(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	h.listen("pie")
	hook := webhook.Network()
	var tries atomic.Int64
	read := hook.Webhook.Read
	hook.Webhook.Read = func(s *network.Session, d *network.Delivery, b *network.Batch) {
		read(s, d, b)
		if bytes.Contains(d.Body, []byte("poison")) && tries.Add(1) <= 5 {
			panic("cannot bear it")
		}
	}
	w := newHooked(t, h, hook)
	for i, body := range []string{kettle(1), `{"id":"poison","text":"pie of poison"}`, kettle(2)} {
		if err := w.send(t.Context(), fmt.Sprint(i), body, fake.None); err != nil {
			t.Fatal(err)
		}
	}
	w.run(t)
	within(t, time.Minute, "its neighbours are read", func() bool { return len(h.rows()) == 2 })
	within(t, time.Minute, "nothing waits", func() bool { return w.delivered(t).Waiting == 0 })
	if tries.Load() != 5 {
		t.Errorf("it was tried %d times", tries.Load())
	}
	letters := h.letters()
	if len(letters) != 1 || !strings.Contains(string(letters[0].Raw), "poison") || !strings.Contains(letters[0].Reason, "cannot bear it") {
		t.Fatalf("dead letters %+v", letters)
	}
	if err := w.sources.ReplayDeadLetter(t.Context(), owner, letters[0].ID); err != nil { // it is borne by now
		t.Fatal(err)
	}
	if got := h.texts(); !slices.Contains(got, "pie of poison") {
		t.Errorf("after the replay there are %q", got)
	}
}

func TestARecordThatCannotBeReadIsADeadLetterThatCanBeReplayed(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	h.listen("pie")
	w := newHooked(t, h, webhook.Network())
	w.run(t)
	if err := w.send(t.Context(), "1", kettle(1)+"\n"+`{"nr":2,"body":"pie"}`, fake.None); err != nil {
		t.Fatal(err)
	}
	within(t, time.Minute, "it is read", func() bool { return len(h.letters()) == 1 && len(h.rows()) == 1 })
	id := h.letters()[0].ID
	if err := w.sources.ReplayDeadLetter(t.Context(), owner, id); hearth.ErrorCode(err) != hearth.Invalid {
		t.Errorf("a replay before the mapping: %v", err)
	}
	_, err := w.sources.Change(t.Context(), owner, 1, 1, ingest.Draft{Name: "shop", Settings: map[string]string{"secret": ingest.Kept, "network": "shop", "map": "text=body,id=nr"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.sources.ReplayDeadLetter(t.Context(), owner, id); err != nil {
		t.Error(err)
	}
	if rows := h.rows(); len(rows) != 2 || len(h.letters()) != 0 {
		t.Errorf("%d rows, %d letters", len(rows), len(h.letters()))
	}
}

func TestAPathCanBeRotatedAndEndsWithItsSource(t *testing.T) {
	t.Parallel()
	w := newHooked(t, open(t, dbtest.Home(t)), webhook.Network())
	old := w.token
	if err := w.sources.RotateCallback(t.Context(), owner, 1); err != nil {
		t.Fatal(err)
	}
	if w.token = w.tokenOf(t); w.token == old {
		t.Fatal("the path stayed")
	}
	if err := w.send(t.Context(), "1", kettle(1), fake.None); err != nil {
		t.Error(err)
	}
	if err := w.sources.Expects(t.Context(), old); hearth.ErrorCode(err) != hearth.NotFound {
		t.Errorf("the old path: %v", err)
	}
	if d := w.delivered(t); d.Address != "https://hooks.acme.example"+ingest.InPath+w.token || !strings.Contains(d.Example, d.Address) || strings.Contains(d.Example, hookSecret) {
		t.Errorf("the address %q, the example\n%s", d.Address, d.Example)
	}
	reader := access.Limited(here, 3, access.ReadSources)
	if st, err := w.sources.StatusOf(t.Context(), reader, 1); err != nil || st.Deliveries.Path+st.Deliveries.Address+st.Deliveries.Example != "" {
		t.Errorf("whoever may only read sees %+v, %v", st.Deliveries, err)
	}
	if _, err := w.sources.Pause(t.Context(), owner, 1); err != nil {
		t.Fatal(err)
	}
	if err := w.send(t.Context(), "2", kettle(2), fake.None); err != nil {
		t.Errorf("a paused source takes and keeps: %v", err)
	}
	if err := w.sources.Remove(t.Context(), owner, 1); err != nil {
		t.Fatal(err)
	}
	if err := w.send(t.Context(), "3", kettle(3), fake.None); hearth.ErrorCode(err) != hearth.NotFound {
		t.Errorf("the path of a removed source: %v", err)
	}
}

func TestASecretIsMadeForWhoBringsNoneAndShownOnce(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	sources := ingest.NewSources(hookOptions(t, h, webhook.Network()))
	src, err := sources.Add(t.Context(), owner, ingest.Draft{Network: "webhook"})
	if err != nil {
		t.Fatal(err)
	}
	if made := src.Made["secret"]; !strings.HasPrefix(made, "whsec_") || len(made) < 40 || src.Settings["secret"] != ingest.Kept {
		t.Errorf("made %q, shown %q", made, src.Settings["secret"])
	}
	if again, err := sources.Get(t.Context(), owner, src.ID); err != nil || again.Made != nil || again.Settings["secret"] != ingest.Kept {
		t.Errorf("later: %+v, %v", again, err)
	}
}

// Keeping what was read is bounded by time; names of deliveries go with it.
func TestDeliveriesThatWereReadAreDroppedAfterAWeek(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	var now atomic.Int64
	now.Store(noon.UnixMicro())
	h.clock = func() time.Time { return time.UnixMicro(now.Load()).UTC() }
	w := newHooked(t, h, webhook.Network())
	w.sender.Clock = h.clock
	for i := range 3 {
		if err := w.send(t.Context(), fmt.Sprint(i), kettle(i), fake.None); err != nil {
			t.Fatal(err)
		}
	}
	w.run(t)
	within(t, time.Minute, "they are read", func() bool { return w.delivered(t).Waiting == 0 })
	w.stop()
	if err := w.send(t.Context(), "unread", kettle(9), fake.None); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		pass time.Duration
		want int
	}{{6 * 24 * time.Hour, 4}, {25 * time.Hour, 1}, {30 * 24 * time.Hour, 1}} {
		now.Add(step.pass.Microseconds())
		if err := w.sources.TidyDeliveries(t.Context(), here, 1); err != nil {
			t.Fatal(err)
		}
		if n := countDeliveries(t, h); n != step.want {
			t.Errorf("%d are kept, want %d", n, step.want)
		}
	}
}

func countDeliveries(t *testing.T, h *house) (n int) {
	t.Helper()
	err := h.store.Read(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT count(*) FROM delivery WHERE workspace_id = ?`, here).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func logTo(b *bytes.Buffer) *slog.Logger {
	return slog.New(slog.NewTextHandler(b, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

func sealer(t testing.TB) *ingest.Sealer {
	t.Helper()
	return hookSealer()
}

func hookSealer() *ingest.Sealer {
	s, err := ingest.NewSealer(bytes.Repeat([]byte("k"), ingest.SealKeySize))
	if err != nil {
		panic(err)
	}
	return s
}

// held says whether a text stands in anything that is kept of deliveries and
// dead letters.
func (h *house) held(text string) (in []string) {
	h.t.Helper()
	for _, q := range []string{"SELECT body FROM delivery", "SELECT raw FROM dead_letter"} {
		err := h.store.Read(context.Background(), func(tx *db.Tx) error {
			rows, err := tx.Query(q)
			if err != nil {
				return err
			}
			return db.EachRow(rows, func() error {
				var b []byte
				err := rows.Scan(&b)
				if bytes.Contains(b, []byte(text)) {
					in = append(in, q)
				}
				return err
			})
		})
		if err != nil {
			h.t.Fatal(err)
		}
	}
	return in
}

// What was read of a delivery is in the archive alone, so that erasing it there
// is enough; what could not be read is kept whole until its letter is settled,
// however long it is.
//
// proves ERA3 for deliveries, F24 for long ones
func TestADeliveryIsKeptWholeOnlyAsLongAsALetterNeedsIt(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	h.listen("pie")
	hook := webhook.Network()
	var bears atomic.Bool
	read := hook.Webhook.Read
	hook.Webhook.Read = func(s *network.Session, d *network.Delivery, b *network.Batch) {
		if bytes.Contains(d.Body, []byte("poison")) && !bears.Load() {
			panic("cannot bear it")
		}
		read(s, d, b)
	}
	w := newHooked(t, h, hook)
	w.run(t)
	long := fmt.Sprintf(`{"id":"long","text":"pie of poison %s"}`, strings.Repeat("walnut ", 20_000))
	for i, body := range []string{`{"id":"a","text":"pie of rhubarb"}`, long, `{"id":"b","text":"pie of quince"}`} {
		if err := w.send(t.Context(), fmt.Sprint(i), body, fake.None); err != nil {
			t.Fatal(err)
		}
	}
	within(t, time.Minute, "everything is dealt with", func() bool { return len(h.rows()) == 2 && len(h.letters()) == 1 && w.delivered(t).Waiting == 0 })
	for _, text := range []string{"rhubarb", "quince"} {
		if in := h.held(text); len(in) > 0 {
			t.Errorf("%s is still in %v", text, in)
		}
	}
	letter := h.letters()[0]
	if letter.Whole() || len(h.held("walnut")) != 2 {
		t.Fatalf("the letter has %d of %d bytes; walnuts are in %v", len(letter.Raw), letter.Size, h.held("walnut"))
	}
	if err := w.sources.ReplayDeadLetter(t.Context(), owner, letter.ID); err == nil {
		t.Error("it cannot be borne, and was")
	}
	bears.Store(true)
	if err := w.sources.ReplayDeadLetter(t.Context(), owner, letter.ID); err != nil {
		t.Fatal(err)
	}
	if in := h.held("walnut"); len(in) > 0 || len(h.rows()) != 3 || len(h.letters()) != 0 {
		t.Errorf("after the replay walnuts are in %v, there are %d rows and %d letters", in, len(h.rows()), len(h.letters()))
	}
	if p := w.delivered(t); p.Waiting != 0 || p.WaitingBytes != 0 {
		t.Errorf("waiting are %+v", p)
	}
}
