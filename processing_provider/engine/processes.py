"""Starting and ending programs."""
from qgis.PyQt.QtCore import QProcess

# A program of many threads can hang while it forks; it then tries once more.
START_SECONDS = (10, 60)


def start(program, arguments, environment):
    """Start a program and wait until it runs.

    Parameters
    ----------
    program : str
    arguments : list of str
    environment : QProcessEnvironment

    Returns
    -------
    process : QProcess
    problem : str
        Why it does not run; empty when it does.
    """
    for patience in START_SECONDS:
        process = QProcess()
        process.setProcessEnvironment(environment)
        process.start(program, arguments)
        if process.waitForStarted(patience * 1000):
            return process, ""
        problem = process.errorString()
        if not is_running(process):
            break
        end(process)
    return process, problem


def is_running(process):
    """Whether a process is there, started or starting."""
    return process.state() != QProcess.ProcessState.NotRunning


def end(process):
    """Kill a process if it is still there."""
    if is_running(process):
        process.kill()
        process.waitForFinished()
