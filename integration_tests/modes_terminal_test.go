package integration_tests

import (
	"fmt"
	"os"
	"runtime"
	"syscall"
	"testing"
	"unsafe"
)

// openTerminal gives the two ends of a pseudo terminal: what people see, and what a program writes to.
func openTerminal(t *testing.T) (screen, terminal *os.File) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("pseudo terminals are opened in Linux's way")
	}
	screen, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("there are no pseudo terminals: %v", err)
	}
	t.Cleanup(func() { _ = screen.Close() })
	const unlock, number = 0x40045431, 0x80045430 // TIOCSPTLCK, TIOCGPTN
	var none, n uint32
	for request, value := range map[uintptr]*uint32{unlock: &none, number: &n} {
		if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, screen.Fd(), request, uintptr(unsafe.Pointer(value))); errno != 0 {
			t.Skipf("there are no pseudo terminals: %v", errno)
		}
	}
	if terminal, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|syscall.O_NOCTTY, 0); err != nil {
		t.Skipf("there are no pseudo terminals: %v", err)
	}
	return screen, terminal
}
