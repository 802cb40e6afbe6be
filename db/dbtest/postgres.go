//go:build unix

package dbtest

import (
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// Cluster is a running PostgreSQL with its data in a temporary directory. It
// listens on a socket there alone.
type Cluster struct {
	dir    string
	tools  string
	accept string
	input  io.Closer // kept open: its end ends the server
	shell  *exec.Cmd
	homes  atomic.Int64
}

// User is the owner of the cluster and Database the one database in it.
const (
	User     = "hearth"
	Database = "postgres"
)

// started is the cluster of this process: one serves all tests, each in schemas
// of its own.
var started = sync.OnceValues(func() (*Cluster, error) { return start(false) })

// Postgres is the cluster of this test process. It ends with the process,
// however that ends. It does not sync, so it is quick and nothing to crash.
func Postgres(t testing.TB) *Cluster {
	t.Helper()
	Find(t)
	c, err := started()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Start is Postgres for those who have no test at hand.
func Start() (*Cluster, error) { return started() }

// Missing is why there is no PostgreSQL to be started, nil if there is one.
func Missing() error {
	_, err := tools()
	return err
}

// Durable is a cluster for one test, with the server's defaults, to be killed.
func Durable(t testing.TB) *Cluster {
	t.Helper()
	Find(t)
	c, err := start(true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.stop)
	return c
}

// Find skips the test where there is no PostgreSQL. In CI it fails.
func Find(t testing.TB) {
	t.Helper()
	if err := Missing(); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("SKIP peer=postgresql reason=" + err.Error())
	}
}

// tools is the directory with initdb and postgres, of the newest version.
func tools() (string, error) {
	for version := 30; version >= 15; version-- {
		dir := fmt.Sprintf("/usr/lib/postgresql/%d/bin", version)
		if _, err := os.Stat(filepath.Join(dir, "initdb")); err == nil {
			return dir, nil
		}
	}
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path), nil
	}
	return "", fmt.Errorf("PostgreSQL 15 or newer is not installed (apt-get install postgresql-15)")
}

// start makes a cluster and runs it below a shell that waits for the end of its
// input, which comes when this process ends.
func start(durable bool) (_ *Cluster, err error) {
	c := &Cluster{}
	if c.tools, err = tools(); err != nil {
		return nil, err
	}
	if c.dir, err = os.MkdirTemp("", "hearth-pg"); err != nil {
		return nil, err
	}
	as, err := service(c.dir)
	if err != nil {
		return nil, err
	}
	quick := "-c fsync=off -c full_page_writes=off -c shared_buffers=32MB"
	c.accept = "no-fsync,no-full-page-writes"
	if durable {
		quick, c.accept = "", ""
	}
	script := fmt.Sprintf(`cd %[1]s
trap '' INT TERM HUP
%[2]s/initdb -D %[1]s/data -U %[3]s -A trust -E UTF8 --locale=C.UTF-8 -k --no-sync >log 2>&1 || exit
%[2]s/pg_ctl -D %[1]s/data -w -t 60 -l %[1]s/log -o "-c listen_addresses= -c unix_socket_directories=%[1]s %[4]s" start >>log 2>&1 || exit
touch ready
cat >/dev/null
%[2]s/pg_ctl -D %[1]s/data -m immediate -w stop >>log 2>&1
rm -rf %[1]s`, c.dir, c.tools, User, quick)
	c.shell = exec.Command("/bin/sh", "-c", script)
	c.shell.SysProcAttr = &syscall.SysProcAttr{Credential: as, Setpgid: true}
	if c.input, err = c.shell.StdinPipe(); err != nil {
		return nil, err
	}
	if err := c.shell.Start(); err != nil {
		return nil, err
	}
	ended := make(chan struct{})
	go func() { c.shell.Wait(); close(ended) }()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for {
		if _, err := os.Stat(filepath.Join(c.dir, "ready")); err == nil {
			return c, nil
		}
		select {
		case <-ended:
			log, _ := os.ReadFile(filepath.Join(c.dir, "log"))
			os.RemoveAll(c.dir)
			return nil, fmt.Errorf("PostgreSQL did not start:\n%s", log)
		case <-look.C:
		}
	}
}

// service is whom the server runs as: it refuses to be root.
func service(dir string) (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.Atoi(u.Uid)
		gid, err2 := strconv.Atoi(u.Gid)
		if err1 != nil || err2 != nil {
			continue
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, os.Chown(dir, uid, gid)
	}
	return nil, fmt.Errorf("there is no user whom PostgreSQL could run as")
}

func (c *Cluster) stop() {
	c.input.Close()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for range 3000 {
		if _, err := os.Stat(c.dir); os.IsNotExist(err) {
			return
		}
		<-look.C
	}
}

// Home is the location of a new installation in the cluster, for db.At.
func (c *Cluster) Home() string {
	q := url.Values{"host": {c.dir}, "search_path": {fmt.Sprintf("t%d", c.homes.Add(1))}}
	if c.accept != "" {
		q.Set("accept", c.accept)
	}
	return "postgres://" + User + "@/" + Database + "?" + q.Encode()
}

// Kill ends the server as a crash would, and starts it again.
func (c *Cluster) Kill(t testing.TB) {
	t.Helper()
	for _, step := range [][]string{{"-m", "immediate", "stop"}, {"-t", "60", "-l", c.dir + "/log", "start"}} {
		as, err := service(c.dir)
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(filepath.Join(c.tools, "pg_ctl"), append([]string{"-D", c.dir + "/data", "-w"}, append(step,
			"-o", "-c listen_addresses= -c unix_socket_directories="+c.dir)...)...)
		cmd.Dir = c.dir
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: as}
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("pg_ctl %v: %v\n%s", step, err, out)
		}
	}
}
