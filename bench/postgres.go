package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"

	"github.com/jackc/pgx/v5"
)

// postgres is a cluster in a temporary folder with the server's defaults, every
// commit synced; it ends with stop.
type postgres struct {
	dir, bin string
	as       *syscall.Credential
	*pgx.Conn
}

// startPostgres starts one; its error says why there is none.
func startPostgres(ctx context.Context) (*postgres, error) {
	p := &postgres{}
	for version := 30; version >= 15 && p.bin == ""; version-- {
		dir := fmt.Sprintf("/usr/lib/postgresql/%d/bin", version)
		if _, err := os.Stat(filepath.Join(dir, "initdb")); err == nil {
			p.bin = dir
		}
	}
	if p.bin == "" {
		return nil, fmt.Errorf("PostgreSQL 15 or newer is not installed")
	}
	var err error
	if p.dir, err = os.MkdirTemp("", "hearth-bench-pg"); err != nil {
		return nil, err
	}
	if os.Getuid() == 0 { // PostgreSQL refuses to run as root
		u, err := user.Lookup("postgres")
		if err != nil {
			return nil, err
		}
		uid, _ := strconv.Atoi(u.Uid)
		gid, _ := strconv.Atoi(u.Gid)
		p.as = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		if err := os.Chown(p.dir, uid, gid); err != nil {
			return nil, err
		}
	}
	data := filepath.Join(p.dir, "data")
	if err := p.run("initdb", "-D", data, "-U", "hearth", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"); err != nil {
		return nil, err
	}
	options := "-c listen_addresses= -c unix_socket_directories=" + p.dir + " -c shared_buffers=512MB -c jit=off"
	if err := p.run("pg_ctl", "-D", data, "-w", "-t", "60", "-l", filepath.Join(p.dir, "log"), "-o", options, "start"); err != nil {
		return nil, err
	}
	if p.Conn, err = pgx.Connect(ctx, "postgres://hearth@/postgres?host="+p.dir); err != nil {
		p.stop()
		return nil, err
	}
	return p, nil
}

func (p *postgres) run(tool string, args ...string) error {
	c := exec.Command(filepath.Join(p.bin, tool), args...)
	c.Dir = p.dir
	c.SysProcAttr = &syscall.SysProcAttr{Credential: p.as}
	if out, err := c.Output(); err != nil {
		return fmt.Errorf("%s: %w: %.300s", tool, err, out)
	}
	return nil
}

func (p *postgres) stop() {
	if p.Conn != nil {
		p.Conn.Close(context.Background())
	}
	p.run("pg_ctl", "-D", filepath.Join(p.dir, "data"), "-m", "immediate", "-w", "stop")
	os.RemoveAll(p.dir)
}
