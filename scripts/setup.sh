#!/usr/bin/env bash
# Prepares this checkout: scripts/setup.sh python | demo | test
#
#   python   a virtual environment in .venv with every package of requirements-dev.lock (hashes checked)
#   demo     the same, and what the demonstration needs of the system (fonts for the documents)
#   test     the same, and what the tests need of the system (fonts, Chromium, poppler, node with npm), and the identity
#            provider that the tests of sign-in run against (tests/identity/provider, hashes checked)
#
# As root on Debian or Ubuntu, missing system packages are installed with apt-get. As anybody else nothing
# is installed outside .venv: the missing packages are named together with the command that installs them.
# Once everything is there, a run costs a few stat calls and one hash.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
venv=.venv
need=${1:-python}
is_root=false
[ "$(id -u)" -ne 0 ] || is_root=true

say() { printf '» %s\n' "$*"; }
fail() {
    printf '✗ %s\n' "$1" >&2
    shift
    [ $# -eq 0 ] || printf '  %s\n' "$@" >&2
    exit 1
}

# --- system packages ------------------------------------------------------------------------------------

lists_are_fresh=false
apt_install() {
    export DEBIAN_FRONTEND=noninteractive
    if ! $lists_are_fresh; then
        say "更新软件包目录（apt-get update）"
        apt-get -qq update </dev/null || say "目录更新不完整，沿用已有目录"
        lists_are_fresh=true
    fi
    say "安装系统软件包：$*（视网速需几秒至几分钟）"
    apt-get -qq install --yes --no-install-recommends "$@" </dev/null >/dev/null
}

can_install() { $is_root && command -v apt-get >/dev/null; }

has_fonts() {
    # The same places, in the same order, as banjie.outside.fonts looks in.
    local folder file
    for folder in ${BANJIE_FONTS:+"$BANJIE_FONTS"} /usr/share/fonts/opentype/noto \
        /usr/share/fonts/google-noto-serif-cjk-fonts /usr/share/fonts/noto-cjk; do
        for file in "$folder"/NotoSerifCJK-Regular.ttc "$folder"/NotoSerif*SC-Regular.otf \
            "$folder"/NotoSerifCJKsc-Regular.otf; do
            [ ! -e "$file" ] || return 0
        done
    done
    return 1
}
has_poppler() { command -v pdfsig >/dev/null && command -v pdftoppm >/dev/null; }
# Ubuntu ships a stub that only points at a snap, so the browser is asked for its version, not for its path.
has_chromium() { command -v chromium >/dev/null && chromium --version >/dev/null 2>&1; }

has_node() { command -v node >/dev/null && node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' 2>/dev/null; }
has_npm() { command -v npm >/dev/null; }

missing_packages() {
    has_fonts || echo fonts-noto-cjk
    [ "$need" = test ] || return 0
    has_chromium || echo chromium
    has_poppler || echo poppler-utils
    has_node || echo nodejs
    has_npm || echo npm
}

prepare_system() {
    local missing package
    missing=$(missing_packages)
    [ -n "$missing" ] || return 0
    if can_install; then
        for package in $missing; do
            apt_install "$package" || say "$package 未能安装"
            # A browser without windows draws the same in two thirds of the time; not every system has it.
            [ "$package" != chromium ] || apt_install chromium-headless-shell 2>/dev/null || true
        done
        missing=$(missing_packages)
        [ -n "$missing" ] || return 0
    fi
    missing=$(echo $missing)
    local how="请以 root 执行：apt-get update && apt-get install --yes $missing"
    case " $missing " in
    *" chromium "*)
        if grep -qi '^ID=ubuntu' /etc/os-release 2>/dev/null; then
            how="$how
  Ubuntu 的 chromium 只有 snap 版：snap install chromium，直到 chromium --version 能正常显示版本"
        fi
        ;;
    esac
    case " $missing " in
    *" fonts-noto-cjk "*)
        how="$how
  字体用于排印通知书和证照；也可把环境变量 BANJIE_FONTS 指向已有思源宋体（Noto Serif CJK SC）的目录"
        ;;
    esac
    fail "缺少系统软件包：$missing" "$how" "装好后再次运行同一条命令。"
}

# --- Python ---------------------------------------------------------------------------------------------

is_recent() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

find_python() {
    local name
    for name in ${PYTHON:-} python3.11 python3 python3.12 python3.13 python3.14; do
        if command -v "$name" >/dev/null && is_recent "$name"; then
            command -v "$name"
            return 0
        fi
    done
    return 1
}

pick_python() {
    local version
    python=$(find_python) || {
        ! can_install || apt_install python3 python3-venv || true
        python=$(find_python) || fail "需要 Python 3.11 或更新版本，未找到。" \
            "Debian 12 / Ubuntu 24.04 起请以 root 执行：apt-get update && apt-get install --yes python3 python3-venv" \
            "已装在别处时请指明：make setup PYTHON=/路径/python3.11"
    }
    if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
        version=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
        ! can_install || apt_install "$version" || apt_install python3-venv || true
        "$python" -c 'import ensurepip, venv' >/dev/null 2>&1 || fail "$python 不带 venv 组件，无法建立虚拟环境。" \
            "请以 root 执行：apt-get update && apt-get install --yes $version"
    fi
}

# What the environment was made from: the lock, the package's own metadata, and where it stands (its scripts
# carry absolute paths, so a copied or renamed checkout makes its environment anew).
fingerprint() {
    { cat requirements-dev.lock pyproject.toml && pwd -P; } | sha256sum | cut -c1-16
}

# One line that moves, instead of the several hundred lines of pip.
count_packages() {
    awk -v total="$1" -v live="$([ -t 1 ] && echo 1 || echo 0)" '
        /^(Collecting|Processing) / {
            seen++
            if (live) printf "\r  已取得 %d / %d", seen, total
            else if (seen % 30 == 0) printf "  已取得 %d / %d\n", seen, total
            fflush()
        }
        /^Installing collected/ { printf "%s  正在安装……\n", live ? "\r" : ""; fflush() }'
}

prepare_python() {
    local stamp total pip log
    stamp="$venv/.ready-$(fingerprint)"
    [ ! -e "$stamp" ] || return 0
    pick_python
    if ! is_recent "$venv/bin/python" || ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
        say "用 $("$python" --version) 建立虚拟环境 $venv"
        "$python" -m venv --clear "$venv"
    fi
    total=$(grep -c '^[a-z0-9].*==' requirements-dev.lock)
    say "按 requirements-dev.lock 安装 $total 个依赖并核对哈希（首次约一两分钟）"
    log="$venv/setup.log"
    pip=("$venv/bin/python" -m pip --disable-pip-version-check --no-input install)
    if ! "${pip[@]}" --require-hashes --no-deps --progress-bar off --requirement requirements-dev.lock 2>&1 |
        tee "$log" | count_packages "$total"; then
        tail -n 15 "$log" >&2
        fail "依赖安装失败（完整记录：$log）。" "请检查到 Python 软件包源的网络后再次运行同一条命令。"
    fi
    # The build tools are pinned in the lock too, so the package is built with them and nothing is fetched.
    if ! "${pip[@]}" --quiet --no-deps --no-build-isolation --editable . >"$log" 2>&1; then
        tail -n 15 "$log" >&2
        fail "本项目安装失败（完整记录：$log）。"
    fi
    rm -f "$venv"/.ready-*
    : >"$stamp"
    say "环境就绪：$venv"
}

# --- the identity provider of the tests ------------------------------------------------------------------

provider=tests/identity/provider
prepare_provider() {
    local stamp log
    stamp="$provider/node_modules/.ready-$(sha256sum "$provider/package-lock.json" | cut -c1-16)"
    [ ! -e "$stamp" ] || return 0
    say "安装测试用的身份认证服务（npm ci，核对哈希，约几秒）"
    log="$venv/npm.log"
    # No package's own scripts are run: nothing here needs building.
    if ! (cd "$provider" && npm ci --ignore-scripts --no-audit --no-fund) >"$log" 2>&1; then
        tail -n 15 "$log" >&2
        fail "测试用的身份认证服务安装失败（完整记录：$log）。" "请检查到 npm 软件包源的网络后再次运行同一条命令。"
    fi
    : >"$stamp"
}

case "$need" in
python) prepare_python ;;
demo | test)
    prepare_python
    prepare_system
    [ "$need" != test ] || prepare_provider
    ;;
*) fail "用法：scripts/setup.sh python | demo | test" ;;
esac
