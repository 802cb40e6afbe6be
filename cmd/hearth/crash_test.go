//go:build linux

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"hearth"
	"hearth/client"
	"hearth/db/dbtest"
	networks "hearth/network"
	"hearth/network/bluesky/fake"
	shopfake "hearth/network/webhook/fake"
)

// dice are seeded anew each run, and the seed is said.
func dice(t *testing.T) *rand.Rand {
	seed := uint64(hearth.SystemClock().UnixNano())
	if s, err := strconv.ParseUint(os.Getenv("HEARTH_SEED"), 10, 64); err == nil {
		seed = s
	}
	t.Logf("HEARTH_SEED=%d", seed)
	return rand.New(rand.NewPCG(seed, 1))
}

var pointCall = regexp.MustCompile(`fault\.Point\("([^"]+)"\)`)

// points are the names of all crash points in the source.
func points(t *testing.T) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir("../..", func(file string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") || strings.Contains(file, "/fault/") {
			return err
		}
		source, err := os.ReadFile(file)
		for _, call := range pointCall.FindAllSubmatch(source, -1) {
			if slices.Contains(names, string(call[1])) {
				t.Errorf("%s: the point %s is elsewhere too; a name stands for one moment", file, call[1])
			}
			names = append(names, string(call[1]))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(names) < 10 {
		t.Fatalf("only %d crash points were found: the test does not see the source", len(names))
	}
	slices.Sort(names)
	return names
}

// TestNoCrashPointIsInTheProgram looks for their names in this binary, which is
// built as the released one is.
func TestNoCrashPointIsInTheProgram(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	binary, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(binary, []byte("UPDATE log_head SET seq")) {
		t.Fatal("the archive is not in this binary: the test looks at the wrong thing")
	}
	for _, name := range points(t) {
		if bytes.Contains(binary, []byte(name)) {
			t.Errorf("the crash point %s is in a program that was built without the tag fault", name)
		}
	}
}

// process is a running program with a plan of faults.
type process struct {
	cmd    *exec.Cmd
	stderr lockedLog
	told   chan struct{} // closed when all it told is read
	ended  chan struct{} // closed when it is gone
	err    error         // of Wait

	mu     sync.Mutex
	passed map[string]int // by point, and by point with "!"
}

// launch starts the program.
func launch(t *testing.T, dir, plan string, args ...string) *process {
	t.Helper()
	return start(t, exec.Command(faulty.path(t), args...), dir, plan)
}

// start runs a command that is, or becomes, the program.
func start(t *testing.T, cmd *exec.Cmd, dir, plan string) *process {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{cmd: cmd, told: make(chan struct{}), ended: make(chan struct{}), passed: map[string]int{}}
	p.cmd.Env = append(append(os.Environ(), p.cmd.Env...), "HEARTH_DATA="+dir, "HEARTH_LISTEN=127.0.0.1:0", "HEARTH_ALLOW=127.0.0.1:*", "HEARTH_LOG=error",
		"HEARTH_FAULT="+plan, "HEARTH_FAULT_FD=3")
	p.cmd.ExtraFiles = []*os.File{w}
	p.cmd.Stderr = &p.stderr
	if p.cmd.SysProcAttr == nil {
		p.cmd.SysProcAttr = new(syscall.SysProcAttr)
	}
	p.cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL // not longer than the test that began it
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	go func() {
		defer close(p.told)
		defer r.Close()
		for lines := bufio.NewScanner(r); lines.Scan(); {
			p.mu.Lock()
			p.passed[lines.Text()]++
			p.mu.Unlock()
		}
	}()
	go func() {
		defer close(p.ended)
		p.err = p.cmd.Wait()
	}()
	return p
}

// dead says whether the process is gone, giving it a moment to go.
func (p *process) dead() bool {
	select {
	case <-p.ended:
		<-p.told
		return true
	case <-time.After(30 * time.Second):
		return false
	}
}

func (p *process) fired() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for name := range p.passed {
		if strings.HasSuffix(name, "!") {
			return true
		}
	}
	return false
}

// world is what all journeys share: a data directory that has begun to listen
// to an invented Bluesky on which more has happened since.
type world struct {
	base   string
	told   *told
	events int64    // that the source will have read in the end
	want   []string // texts that are there in the end, sorted
	pies   int64    // of them, those that the monitor catches
}

const (
	many     = 33_000 // documents that fill a tail of the index
	few      = 600
	takeBack = 20
	sent     = 3 // deliveries

	deliverySecret = "whsec_bm90IGEgc2VjcmV0IGJ1dCBsb25nIGVub3VnaA=="
)

// newWorld makes the base directory with a program that nothing happens to.
func newWorld(t *testing.T) *world {
	t.Helper()
	host := fake.New(fake.Options{Keep: 1000})
	network := httptest.NewServer(host)
	t.Cleanup(func() { network.CloseClientConnections(); network.Close() })
	w := &world{base: t.TempDir(), told: &told{t: t, body: map[string]string{}}}
	receiver := httptest.NewServer(w.told)
	t.Cleanup(receiver.Close)
	j := &journey{t: t, world: w, dir: w.base, seen: map[string]int{}}
	j.start("")
	ctx := t.Context()
	if _, err := j.client.AddMonitor(ctx, client.MonitorDraft{Name: "Pie", Query: "pie"}); err != nil {
		t.Fatal(err)
	}
	_, err := j.client.AddSource(ctx, client.SourceDraft{Network: "bluesky", Settings: map[string]string{
		"endpoint": "ws" + strings.TrimPrefix(network.URL, "http"), "appview": network.URL,
	}})
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the source listens", func() bool { return host.Connections() > 0 })
	if _, err := j.client.AddSource(ctx, client.SourceDraft{Name: "Shop", Network: "webhook", KeepEverything: true, Settings: map[string]string{
		"secret": deliverySecret, "network": "shop",
	}}); err != nil {
		t.Fatal(err)
	}
	if _, err := j.client.AddChannel(ctx, client.ChannelDraft{Kind: "webhook", Name: "Ours", Address: receiver.URL}); err != nil {
		t.Fatal(err)
	}
	publish := func(did, text string) string {
		w.events++
		return host.Publish(&hearth.Post{Text: text, Author: hearth.Author{ID: did}})
	}
	publish("did:plc:ann", "pie 0")
	eventually(t, "the first post is stored", func() bool {
		src, err := j.client.Source(ctx, 1)
		return err == nil && src.Counters.Stored == 1
	})
	if _, err := j.client.Import(ctx, strings.NewReader(postsFile("taken", takeBack)), client.ImportOptions{ID: "taken", Format: "ndjson"}, nil); err != nil {
		t.Fatal(err)
	}
	j.end()

	w.want = append(w.want, "pie 0")
	var ids []string
	for i := 1; i <= 30; i++ {
		ids = append(ids, publish("did:plc:ann", fmt.Sprintf("pie %d", i)))
		publish("did:plc:cat", fmt.Sprintf("pie of cat %d", i))
		publish("did:plc:bob", fmt.Sprintf("pie of bob %d", i))
		publish("did:plc:bob", fmt.Sprintf("cake of bob %d", i))
	}
	host.Update(&hearth.Post{ID: ids[2], Text: "pie, edited", Author: hearth.Author{ID: "did:plc:ann"}})
	host.Delete(ids[4])
	host.SetAccount("did:plc:bob", "deactivated")
	host.SetAccount("did:plc:cat", "deleted")
	w.events += 4
	for i := 1; i <= 30; i++ {
		switch i {
		case 3:
			w.want = append(w.want, "pie, edited")
		case 5:
		default:
			w.want = append(w.want, fmt.Sprintf("pie %d", i))
		}
	}
	w.pies = int64(len(w.want))
	return w
}

// postsFile is a file of n posts, with a record in it that cannot be read.
func postsFile(kind string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `{"network":"demo","id":"%s-%d","text":"%s %d"}`+"\n", kind, i, kind, i)
	}
	if n >= few {
		b.WriteString("this is no post\n")
	}
	return b.String()
}

// journey takes one copy of the world through the same steps, whatever happens
// to the process on the way.
type journey struct {
	t       *testing.T
	world   *world
	dir     string
	process *process
	client  *client.Client
	plan    string
	seen    map[string]int // what processes passed that are gone
	deaths  int
}

// start begins to serve and waits for the address. A process that dies before
// that is begun anew without a plan.
func (j *journey) start(plan string) {
	j.t.Helper()
	os.Remove(filepath.Join(j.dir, "server.json"))
	serve := exec.Command(faulty.path(j.t), "serve")
	serve.Env = []string{"HEARTH_REPLAY=1h", "HEARTH_WEBHOOKS=127.0.0.1:0"}
	j.process = start(j.t, serve, j.dir, plan)
	j.t.Cleanup(func() { j.process.cmd.Process.Kill(); <-j.process.ended })
	var note struct{ Address, Key string }
	eventually(j.t, "the server is ready", func() bool {
		select {
		case <-j.process.ended:
			return true
		default:
		}
		text, err := os.ReadFile(filepath.Join(j.dir, "server.json"))
		return err == nil && json.Unmarshal(text, &note) == nil && note.Address != ""
	})
	if note.Address == "" {
		j.mustHaveFired()
		j.start("")
		return
	}
	var err error
	if j.client, err = client.New(note.Address, client.Options{Key: note.Key}); err != nil {
		j.t.Fatal(err)
	}
}

// mustHaveFired notes a death, which must be the one that was planned.
func (j *journey) mustHaveFired() {
	j.t.Helper()
	<-j.process.ended
	<-j.process.told
	if !j.process.fired() {
		j.t.Fatalf("the process ended by itself: %v\n%s", j.process.err, j.process.stderr.String())
	}
	j.leave()
	j.deaths++
}

// leave keeps what the process that is gone passed.
func (j *journey) leave() {
	for name, n := range j.process.passed {
		j.seen[name] += n
	}
}

// step does something with the server, again if the server dies of its plan.
func (j *journey) step(what string, do func(context.Context) error) {
	j.t.Helper()
	for {
		err := do(j.t.Context())
		if err == nil {
			return
		}
		if !j.process.dead() {
			j.process.cmd.Process.Signal(syscall.SIGQUIT) // it says what it is about
			j.process.dead()
			j.t.Fatalf("%s: %v; it passed %v\n%s", what, err, j.process.passed, j.process.stderr.String())
		}
		j.mustHaveFired()
		j.start("")
	}
}

// until repeats a look at the server until it is satisfied.
func (j *journey) until(what string, look func(context.Context) (bool, error)) {
	j.t.Helper()
	j.step(what, func(ctx context.Context) error {
		deadline := hearth.SystemClock().Add(time.Minute)
		for {
			ok, err := look(ctx)
			if ok {
				return nil
			}
			if hearth.SystemClock().After(deadline) {
				return fmt.Errorf("it never happened: %w", err)
			}
			select {
			case <-j.process.ended:
				return errors.Join(errors.New("the process ended"), err)
			case <-time.After(10 * time.Millisecond): // an answer may break off while the index catches up
			}
		}
	})
}

// end stops the server as a person does.
func (j *journey) end() {
	j.t.Helper()
	j.process.cmd.Process.Signal(syscall.SIGTERM)
	<-j.process.ended
	<-j.process.told
	if j.process.fired() && j.process.err != nil {
		j.mustHaveFired()
		j.start("")
		j.end()
		return
	}
	if j.process.err != nil {
		j.t.Fatalf("it did not end well: %v\n%s", j.process.err, j.process.stderr.String())
	}
	j.leave()
}

// travel takes a copy of the world through everything and compares the end.
func (w *world) travel(t *testing.T, plan string, posts int) *journey {
	t.Helper()
	j := &journey{t: t, world: w, dir: filepath.Join(t.TempDir(), "data"), seen: map[string]int{}}
	if strings.HasPrefix(plan, "restore.") {
		j.plan = plan
	}
	if err := os.CopyFS(j.dir, os.DirFS(w.base)); err != nil {
		t.Fatal(err)
	}
	j.start(plan)
	file := postsFile("post", posts)
	j.step("importing", func(ctx context.Context) error {
		r, err := j.client.Import(ctx, strings.NewReader(file), client.ImportOptions{ID: "posts", Format: "ndjson"}, nil)
		if err == nil && (r.Rejected != 1 || r.Stored != int64(posts)) {
			t.Errorf("the import ended with %+v", r)
		}
		return err
	})
	j.step("taking an import back", func(ctx context.Context) error {
		_, err := j.client.UndoImport(ctx, "taken")
		return err
	})
	j.step("bringing it again", func(ctx context.Context) error {
		_, err := j.client.Import(ctx, strings.NewReader(postsFile("taken", takeBack)), client.ImportOptions{ID: "again", Format: "ndjson"}, nil)
		return err
	})
	j.copy()
	j.deliver()
	j.tell()
	j.work()
	if posts == few {
		j.judgeAgain()
		j.backUp()
	}
	want := slices.Clone(w.want)
	for i := range posts {
		want = append(want, fmt.Sprintf("post %d", i))
	}
	for i := range takeBack {
		want = append(want, fmt.Sprintf("taken %d", i))
	}
	for i := range sent {
		want = append(want, fmt.Sprintf("delivered %d", i))
	}
	for _, text := range campaigns {
		for range crowd {
			want = append(want, text)
		}
	}
	slices.Sort(want)
	var got []string
	j.until("everything that must be there is", func(ctx context.Context) (bool, error) {
		src, err := j.client.Source(ctx, 1)
		if err != nil || src.Counters.Events < w.events {
			return false, err
		}
		c, err := j.client.CountMentions(ctx, 1, client.MentionCount{})
		if err != nil || c.Total != w.pies {
			return false, err
		}
		got, err = texts(ctx, j.client)
		return err == nil && len(got) == len(want), err
	})
	if !slices.Equal(got, want) {
		t.Errorf("%d posts are there, but not the %d that must be", len(got), len(want))
	}
	src, err := j.client.Source(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if src.Counters.Events != w.events || src.Counters.Gaps != 0 {
		t.Errorf("the source has counted %+v, but %d events happened", src.Counters, w.events)
	}
	if posts == few {
		j.found()
	}
	j.end()
	look := launch(t, j.dir, "", "doctor", "--deep", "--json")
	<-look.ended
	if look.err != nil {
		t.Errorf("the doctor: %v\n%s", look.err, look.stderr.String())
	}
	return j
}

// campaigns are texts of which each is told by everybody of a crowd.
var campaigns = []string{
	"The parcel was left with the courier, and nobody at the depot answers about the shipment",
	"Cinnamon buns of the bakery in the old harbour are the best breakfast of the whole city",
	"After the update the screen of my telephone freezes whenever I enter the password",
}

const crowd = 20

// copy imports what the crowd says.
func (j *journey) copy() {
	j.t.Helper()
	var file strings.Builder
	for who := range crowd {
		for i, text := range campaigns {
			fmt.Fprintf(&file, `{"network":"demo","id":"told-%d-%d","text":%q,"lang":"en","author":{"id":"crowd-%[2]d"}}`+"\n", i, who, text)
		}
	}
	j.step("importing copies", func(ctx context.Context) error {
		_, err := j.client.Import(ctx, strings.NewReader(file.String()), client.ImportOptions{ID: "told", Format: "ndjson"}, nil)
		return err
	})
}

// found waits for what is found out behind the log: that each text is told by the whole
// crowd, is a topic, and how many posts each author has. It is found once, whoever was
// killed meanwhile: a post that was counted twice, or not at all, is seen here.
func (j *journey) found() {
	j.t.Helper()
	for i := range campaigns {
		j.until("what the crowd says is found", func(ctx context.Context) (bool, error) {
			ask := client.FacetsRequest{Search: client.Search{Query: fmt.Sprintf("copy:told-%d-0", i)}, Fields: []string{"copies", "topic", "network"}}
			facets, err := j.client.Facets(ctx, ask)
			if err != nil {
				return false, err
			}
			for _, f := range facets {
				if len(f.Values) != 1 || f.Values[0].Count != crowd {
					return false, fmt.Errorf("text %d: %+v", i, facets)
				}
			}
			return true, nil
		})
	}
	var crowded []client.SocialAccount
	for who := range crowd {
		crowded = append(crowded, client.SocialAccount{Network: "demo", Author: fmt.Sprint("crowd-", who)})
	}
	j.until("the crowd is judged", func(ctx context.Context) (bool, error) {
		list, err := j.client.Automations(ctx, crowded)
		if err != nil {
			return false, err
		}
		for _, one := range list {
			if one.Posts != len(campaigns) || one.Judged == nil {
				return false, fmt.Errorf("%+v", one)
			}
		}
		return true, nil
	})
}

// deliver sends to the shop's source as a network does: again until it is
// acknowledged.
func (j *journey) deliver() {
	j.t.Helper()
	scheme, _ := networks.SchemeOf("standard")
	for i := range sent {
		j.step("delivering", func(ctx context.Context) error {
			shop, err := j.client.Source(ctx, 2)
			if err != nil {
				return err
			}
			sender := shopfake.Sender{Address: shop.Deliveries.Address, Scheme: scheme, Secret: []byte("not a secret but long enough"), Client: http.DefaultClient, Clock: hearth.SystemClock}
			status, err := sender.Do(ctx, fmt.Sprint("delivery-", i), "application/json", fmt.Sprintf(`{"id":"d%d","text":"delivered %[1]d"}`, i), shopfake.None)
			if err == nil && status/100 != 2 {
				err = fmt.Errorf("it was answered with %d", status)
			}
			return err
		})
	}
}

// tell sends a test through the channel. Whatever becomes of who sends it, it
// arrives, and what arrives twice has the same id and bytes.
func (j *journey) tell() {
	j.t.Helper()
	j.step("sending a test", func(ctx context.Context) error {
		_, err := j.client.TestChannel(ctx, 1)
		return err
	})
	j.until("everything is sent", func(ctx context.Context) (bool, error) {
		page, err := j.client.Dispatches(ctx, 0, "", 0, 0)
		if err != nil || len(page.Dispatches) == 0 {
			return false, err
		}
		for _, d := range page.Dispatches {
			if d.State != "sent" {
				return false, fmt.Errorf("dispatch %d is %s: %s", d.ID, d.State, d.Error)
			}
			if !j.world.told.has(d.MessageID) {
				j.t.Errorf("dispatch %d is called sent, but did not arrive", d.ID)
			}
		}
		return true, nil
	})
}

// told is what a receiver of webhooks got, by id.
type told struct {
	t    *testing.T
	mu   sync.Mutex
	body map[string]string
}

func (r *told) has(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.body[id] != ""
}

// ServeHTTP takes a message.
func (r *told) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return // who sent it is gone
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	id := request.Header.Get("Webhook-Id")
	if before := r.body[id]; before != "" && before != string(body) {
		r.t.Errorf("%s came again with other bytes: %s, before %s", id, body, before)
	}
	r.body[id] = string(body)
	w.WriteHeader(http.StatusNoContent)
}

// work has a job done, whatever becomes of who does it.
func (j *journey) work() {
	j.t.Helper()
	const schedule = "purge-archive"
	j.step("beginning a job", func(ctx context.Context) error {
		_, err := j.client.RunSchedule(ctx, schedule)
		if hearth.ErrorCode(err) == hearth.Conflict && j.deaths > 0 {
			return nil // begun before the process died
		}
		return err
	})
	j.until("the job is done", func(ctx context.Context) (bool, error) {
		page, err := j.client.Jobs(ctx, client.JobSearch{Schedule: schedule})
		if err != nil || len(page.Jobs) == 0 {
			return false, err
		}
		for i := range page.Jobs {
			if page.Jobs[i].State != "done" {
				return false, fmt.Errorf("it is %s: %s", page.Jobs[i].State, page.Jobs[i].Error)
			}
		}
		return true, nil
	})
}

// judgeAgain has every post judged anew, and goes back behind it.
func (j *journey) judgeAgain() {
	j.t.Helper()
	begun := func(err error) error {
		if hearth.ErrorCode(err) == hearth.Conflict && j.deaths > 0 {
			return nil // before the process died
		}
		return err
	}
	j.step("judging the archive anew", func(ctx context.Context) error {
		_, err := j.client.StartReanalysis(ctx, client.ReanalysisDraft{})
		return begun(err)
	})
	var id int64
	reaches := func(state string) {
		j.t.Helper()
		j.until("the re-analysis is "+state, func(ctx context.Context) (bool, error) {
			list, err := j.client.Reanalyses(ctx)
			if err != nil || len(list) == 0 {
				return false, err
			}
			one := list[0]
			id = one.ID
			if one.State == state && (one.Looked != one.Total || one.Looked == 0 || one.Changed != 0) { // the models are the same
				j.t.Errorf("the re-analysis ended with %+v", one)
			}
			return one.State == state, fmt.Errorf("it is %s: %s", one.State, one.Reason)
		})
	}
	reaches("done")
	j.step("undoing it", func(ctx context.Context) error {
		_, err := j.client.SteerReanalysis(ctx, id, "undo")
		return begun(err)
	})
	reaches("undone")
}

// backUp makes a backup, which is whole or not there, and puts it back.
func (j *journey) backUp() {
	j.t.Helper()
	dir := filepath.Join(filepath.Dir(j.dir), "backup")
	j.step("backing up", func(ctx context.Context) error {
		_, err := j.client.Backup(ctx, client.BackupRequest{Directory: dir}, nil)
		if hearth.ErrorCode(err) == hearth.Conflict && j.deaths > 0 {
			return nil // it had its name when the process died
		}
		return err
	})
	data := filepath.Join(filepath.Dir(j.dir), "restored")
	p := launch(j.t, data, j.plan, "restore", dir)
	<-p.ended
	<-p.told
	if p.err != nil {
		if _, err := os.Stat(data); err == nil || !p.fired() {
			j.t.Fatalf("restoring: %v %s; the directory: %v", p.err, p.stderr.String(), err)
		}
		j.deaths++
		p = launch(j.t, data, "", "restore", dir)
		<-p.ended
		<-p.told
	}
	if p.err != nil {
		j.t.Errorf("restoring: %v %s", p.err, p.stderr.String())
	}
	for name, n := range p.passed {
		j.seen[name] += n
	}
}

// texts are those of all posts, sorted.
func texts(ctx context.Context, c *client.Client) (list []string, err error) {
	body, err := c.Export(ctx, client.ExportRequest{})
	if err != nil {
		return nil, err
	}
	defer body.Close()
	for d := json.NewDecoder(body); ; {
		var document struct{ Text string }
		if err := d.Decode(&document); err == io.EOF {
			break
		} else if err != nil {
			return nil, err
		}
		list = append(list, document.Text)
	}
	slices.Sort(list)
	return list, nil
}

func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	eventuallyWithin(t, time.Minute, what, done)
}

func eventuallyWithin(t *testing.T, patience time.Duration, what string, done func() bool) {
	t.Helper()
	deadline := hearth.SystemClock().Add(patience)
	for !done() {
		if hearth.SystemClock().After(deadline) {
			t.Fatalf("waited in vain: %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// trips says, for points that the common journey does not pass, what does: more
// posts, or other faults on the way there. Their names are without "archive.",
// so that this test does not put into the binary what another looks for there.
var trips = map[string]struct {
	posts int
	also  string
}{
	"index.flushed":      {posts: many},
	"index.registered":   {posts: many},
	"deadletter.written": {also: "consume.applied:1+:error,"},
}

// The real program is killed at each of its crash points, somewhere on a way
// that imports, takes back, listens, edits, deletes, hides and counts; it is
// started again and goes on. In the end everything is there once, and every
// number equals a recount.
//
// proves F2, I6, I9, I24, IMP1
func TestKilledAtAnyCrashPointTheProgramGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	w, r := newWorld(t), dice(t)
	control := w.travel(t, "", few)
	if control.deaths != 0 {
		t.Fatalf("the control died %d times", control.deaths)
	}
	for _, name := range points(t) {
		trip := trips[strings.TrimPrefix(name, "archive.")]
		if trip.also != "" {
			trip.also = "archive." + trip.also
		}
		if strings.HasPrefix(name, "db.schema.") {
			continue // see the test below
		}
		for seed := range dbtest.KillRounds(1) {
			hit := 1 + r.IntN(max(1, control.seen[name]/2))
			if trip.also != "" || trip.posts != 0 {
				hit = 1
			}
			t.Run(fmt.Sprintf("%s/%d", name, seed), func(t *testing.T) {
				t.Parallel()
				plan := func(hit int) string { return fmt.Sprintf("%s%s:%d:kill", trip.also, name, hit) }
				j := w.travel(t, plan(hit), max(trip.posts, few))
				if j.deaths == 0 && hit > 1 { // fewer, larger commits this time
					j = w.travel(t, plan(1), max(trip.posts, few))
				}
				if j.deaths == 0 {
					t.Errorf("the fault did not fire: nothing here passes %s", name)
				}
			})
		}
	}
}

// proves F2 for schema files, F38 for a first start
func TestKilledWhileItMakesItsTablesTheProgramMakesThemAtTheNextStart(t *testing.T) {
	t.Parallel()
	for _, name := range points(t) {
		if !strings.HasPrefix(name, "db.schema.") {
			continue
		}
		for hit := 1; ; hit++ {
			dir := filepath.Join(t.TempDir(), "data")
			p := launch(t, dir, fmt.Sprintf("%s:%d:kill", name, hit), "monitor", "add", "Pie", "pie")
			<-p.ended
			<-p.told
			if !p.fired() {
				if hit < 4 || p.err != nil {
					t.Fatalf("%s fired %d times only: %v %s", name, hit-1, p.err, p.stderr.String())
				}
				break // it was not passed so often: all files are applied
			}
			p = launch(t, dir, "", "monitor", "add", "Pie", "pie")
			<-p.ended
			if p.err != nil {
				t.Fatalf("%s, time %d: the next start fails: %v %s", name, hit, p.err, p.stderr.String())
			}
		}
	}
}
